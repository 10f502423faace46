package io.lastmile.api.kafka;

import io.lastmile.wire.MessageId;

/** What became of a message that was handed to Kafka. */
public sealed interface SendResult {
    /**
     * Kafka has it, on all in-sync replicas.
     *
     * @param acceptedAtMs the broker's append time, since the epoch
     */
    record Accepted(MessageId id, long acceptedAtMs) implements SendResult {}

    /** It is not known to be there. */
    record Failed(Reason reason, String detail) implements SendResult {}

    /** Whether there was no answer in time. */
    default boolean isMissing() {
        return this instanceof Failed(Reason reason, _) && reason == Reason.NO_ANSWER;
    }

    /** Whether Kafka has it is not known, for this reason. */
    static Failed noAnswer(String detail) {
        return new Failed(Reason.NO_ANSWER, detail);
    }

    /** Why a message is not known to be accepted. The label is that of the metric. */
    enum Reason {
        /** Kafka gave no answer in time: the message may or may not be there. */
        NO_ANSWER("no-answer"),
        /** Kafka refused it for what it is. */
        REFUSED("refused"),
        /** Another message came with its idempotency key before: it was not handed to Kafka. */
        KEY_REUSED("key-reused");

        private final String label;

        Reason(String label) {
            this.label = label;
        }

        /** The word in metrics. */
        public String label() {
            return label;
        }
    }
}
