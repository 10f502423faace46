package io.lastmile.cli.replay;

import io.lastmile.cli.output.Fields;
import io.lastmile.node.Counted;
import io.lastmile.node.replay.Totals;

/** Says what a replay did. */
final class Sentences {
    private Sentences() {}

    /** Such as {@code 12 messages of 3 devices, accepted ... to ..., 340 bytes}. */
    static String of(Totals totals) {
        return "%s of %s%s, accepted %s to %s, %s"
                .formatted(
                        Counted.of(totals.messages(), "message"),
                        totals.hasMoreDevices() ? "at least " : "",
                        Counted.of(totals.devices(), "device"),
                        Fields.iso(totals.firstAtMs()),
                        Fields.iso(totals.lastAtMs()),
                        Counted.of(totals.bytes(), "byte"));
    }
}
