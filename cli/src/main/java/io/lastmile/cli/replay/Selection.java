package io.lastmile.cli.replay;

import io.lastmile.cli.CommandException;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which messages are meant.
 *
 * @param devices only theirs; of anybody where it is empty
 * @param prefix only of devices whose id begins so; may be empty
 * @param ids only these; null for any
 * @param fromMs accepted at or after, since the epoch
 * @param toMs accepted before
 * @param outcome only those that ended so; null for any, settled or not
 */
record Selection(
        Set<DeviceId> devices,
        String prefix,
        @Nullable Ids ids,
        long fromMs,
        long toMs,
        @Nullable Outcome outcome) {
    Selection {
        devices = Set.copyOf(devices);
    }

    /** Messages of one partition from the first to the last, both included. */
    record Ids(MessageId first, MessageId last) {
        Ids {
            if (first.partition() != last.partition() || first.offset() > last.offset()) {
                throw CommandException.usage(
                        "--ids is FIRST..LAST in one partition, such as 3-100..3-200, not %s..%s"
                                .formatted(first, last));
            }
        }

        /**
         * From the command line.
         *
         * @throws CommandException where it is none
         */
        static Ids parse(String text) {
            int dots = text.indexOf("..");
            try {
                MessageId first = MessageId.parse(dots < 0 ? text : text.substring(0, dots));
                return new Ids(first, dots < 0 ? first : MessageId.parse(text.substring(dots + 2)));
            } catch (IllegalArgumentException e) {
                throw CommandException.usage(
                        "--ids is FIRST..LAST, such as 3-100..3-200, not " + text);
            }
        }

        boolean has(MessageId id) {
            return id.partition() == first.partition()
                    && id.offset() >= first.offset()
                    && id.offset() <= last.offset();
        }
    }

    /** Whether it is meant, as far as device, id and time tell. */
    boolean has(DeviceId device, MessageId id, long acceptedAtMs) {
        return isOf(device)
                && acceptedAtMs >= fromMs
                && acceptedAtMs < toMs
                && (ids == null || ids.has(id));
    }

    /** Whether messages of the device can be meant. */
    boolean isOf(DeviceId device) {
        return (devices.isEmpty() || devices.contains(device)) && device.value().startsWith(prefix);
    }
}
