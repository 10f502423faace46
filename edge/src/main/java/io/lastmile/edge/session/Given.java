package io.lastmile.edge.session;

import io.lastmile.wire.Message;
import io.lastmile.wire.hop.HopFrame.Deliver;

/** What a device is given: a message of its own, or its copy of a broadcast. */
public sealed interface Given {
    /** The topic {@code inbox}. */
    int INBOX = 0;

    /** The topic {@code inbox/<message id>}. */
    int INBOX_WITH_ID = 1;

    /** The topic of the first channel that a broadcast's audience names; others follow. */
    int FIRST_CHANNEL = 2;

    /** Of the record that is acknowledged. */
    long offset();

    /** What is left of its time to live. */
    long expiresInMs();

    /** Payload and attributes. */
    Message message();

    /** The same with less of its time to live. */
    Given expiringIn(long remainingMs);

    /**
     * The name of one of the topics that it can go to.
     *
     * @param topic {@link #INBOX}, {@link #INBOX_WITH_ID}, or that of a channel
     */
    String topicName(int topic);

    /** A message. */
    record Single(Deliver frame) implements Given {
        @Override
        public long offset() {
            return frame.offset();
        }

        @Override
        public long expiresInMs() {
            return frame.expiresInMs();
        }

        @Override
        public Message message() {
            return frame.message();
        }

        @Override
        public Given expiringIn(long remainingMs) {
            return new Single(frame.expiringIn(remainingMs));
        }

        @Override
        public String topicName(int topic) {
            return topic == INBOX_WITH_ID ? "inbox/" + frame.id() : "inbox";
        }
    }

    /** A copy: nothing of its own but how long it still lives. */
    record Copy(Broadcast broadcast, long expiresInMs) implements Given {
        @Override
        public long offset() {
            return broadcast.frame().offset();
        }

        @Override
        public Message message() {
            return broadcast.frame().message();
        }

        @Override
        public Given expiringIn(long remainingMs) {
            return new Copy(broadcast, remainingMs);
        }

        @Override
        public String topicName(int topic) {
            return broadcast.topicName(topic);
        }
    }
}
