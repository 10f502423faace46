package io.lastmile.cli.replay;

import io.lastmile.cli.output.Fields;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Message;
import java.util.HashSet;
import java.util.Set;

/** What a replay has done so far, for its summary. One thread. */
final class Totals {
    /** Beyond so many devices they are not counted one by one any more. */
    private static final int DEVICES_MAX = 1_000_000;

    private final Set<DeviceId> sources = new HashSet<>();
    private long messages;
    private long bytes;
    private long firstAtMs = Long.MAX_VALUE;
    private long lastAtMs = Long.MIN_VALUE;

    void add(DeviceId source, long acceptedAtMs, Message copy) {
        if (sources.size() < DEVICES_MAX) {
            sources.add(source);
        }
        messages++;
        bytes += copy.payload().length();
        firstAtMs = Math.min(firstAtMs, acceptedAtMs);
        lastAtMs = Math.max(lastAtMs, acceptedAtMs);
    }

    long messages() {
        return messages;
    }

    long bytes() {
        return bytes;
    }

    /** Such as {@code 12 messages of 3 devices, accepted ... to ..., 340 bytes}. */
    String text() {
        return "%s of %s%s, accepted %s to %s, %d bytes"
                .formatted(
                        counted(messages, "message"),
                        sources.size() == DEVICES_MAX ? "at least " : "",
                        counted(sources.size(), "device"),
                        Fields.iso(firstAtMs),
                        Fields.iso(lastAtMs),
                        bytes);
    }

    /** A number and its noun. */
    static String counted(long count, String noun) {
        return "%,d %s%s".formatted(count, noun, count == 1 ? "" : "s");
    }
}
