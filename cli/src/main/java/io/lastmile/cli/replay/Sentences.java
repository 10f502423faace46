package io.lastmile.cli.replay;

import io.lastmile.cli.output.Fields;
import io.lastmile.node.replay.Totals;

/** Says what a replay did. */
final class Sentences {
    private Sentences() {}

    /** Such as {@code 12 messages of 3 devices, accepted ... to ..., 340 bytes}. */
    static String of(Totals totals) {
        return "%s of %s%s, accepted %s to %s, %d bytes"
                .formatted(
                        counted(totals.messages(), "message"),
                        totals.hasMoreDevices() ? "at least " : "",
                        counted(totals.devices(), "device"),
                        Fields.iso(totals.firstAtMs()),
                        Fields.iso(totals.lastAtMs()),
                        totals.bytes());
    }

    /** A number and its noun. */
    static String counted(long count, String noun) {
        return "%,d %s%s".formatted(count, noun, count == 1 ? "" : "s");
    }
}
