package io.lastmile.node.replay;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which messages are meant. What is left out is null; nothing that is empty stands for everything.
 *
 * @param devices only theirs; null for anybody's
 * @param prefix only of devices whose id begins so; null for any
 * @param ids only these; null for any
 * @param fromMs accepted at or after, since the epoch
 * @param toMs accepted before
 * @param outcome only those that ended so; null for any, settled or not
 */
public record Selection(
        @Nullable Set<DeviceId> devices,
        @Nullable String prefix,
        @Nullable Ids ids,
        long fromMs,
        long toMs,
        @Nullable Outcome outcome) {
    /**
     * Keeps a copy of the devices.
     *
     * @throws IllegalArgumentException where there are none, or the prefix is empty: nobody is
     *     meant then, or somebody has forgotten whom he means
     */
    public Selection {
        if (devices != null) {
            devices = Set.copyOf(devices);
            if (devices.isEmpty()) {
                throw new IllegalArgumentException("a selection of no devices");
            }
        }
        if (prefix != null && prefix.isEmpty()) {
            throw new IllegalArgumentException("an empty prefix selects every device");
        }
    }

    /** Messages of one partition from the first to the last, both included. */
    public record Ids(MessageId first, MessageId last) {
        /**
         * Checks them.
         *
         * @throws IllegalArgumentException saying what is allowed
         */
        public Ids {
            if (first.partition() != last.partition() || first.offset() > last.offset()) {
                throw new IllegalArgumentException(
                        "FIRST..LAST in one partition, such as 3-100..3-200, not %s..%s"
                                .formatted(first, last));
            }
        }

        /**
         * From its text, {@code FIRST..LAST} or one id.
         *
         * @throws IllegalArgumentException saying what is allowed
         */
        public static Ids parse(String text) {
            int dots = text.indexOf("..");
            MessageId first;
            MessageId last;
            try {
                first = MessageId.parse(dots < 0 ? text : text.substring(0, dots));
                last = dots < 0 ? first : MessageId.parse(text.substring(dots + 2));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "FIRST..LAST, such as 3-100..3-200, not " + text, e);
            }
            return new Ids(first, last);
        }

        boolean has(MessageId id) {
            return id.partition() == first.partition()
                    && id.offset() >= first.offset()
                    && id.offset() <= last.offset();
        }
    }

    /** Whether it is meant, as far as device, id and time tell. */
    public boolean has(DeviceId device, MessageId id, long acceptedAtMs) {
        return isOf(device)
                && acceptedAtMs >= fromMs
                && acceptedAtMs < toMs
                && (ids == null || ids.has(id));
    }

    /** Whether messages of the device can be meant. */
    public boolean isOf(DeviceId device) {
        return (devices == null || devices.contains(device))
                && (prefix == null || device.value().startsWith(prefix));
    }
}
