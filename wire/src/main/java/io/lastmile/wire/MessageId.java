package io.lastmile.wire;

/**
 * The place of a message in the log, written {@code <partition>-<offset>}: unique, sortable within
 * a partition, and the way straight to the record.
 */
public record MessageId(int partition, long offset) implements Comparable<MessageId> {
    /** What to tell somebody whose id was refused. */
    public static final String RULE = "a message id is <partition>-<offset>, for example 3-1042";

    /**
     * @throws IllegalArgumentException where partition or offset is negative
     */
    public MessageId {
        if (partition < 0 || offset < 0) {
            throw new IllegalArgumentException(RULE);
        }
    }

    /**
     * Reads {@code <partition>-<offset>}.
     *
     * @throws IllegalArgumentException naming the rule, where the text is anything else
     */
    public static MessageId parse(String text) {
        int dash = text.indexOf('-');
        if (dash <= 0 || text.length() > 30) {
            throw new IllegalArgumentException(RULE);
        }
        try {
            int partition = Integer.parseInt(text, 0, dash, 10);
            long offset = Long.parseLong(text, dash + 1, text.length(), 10);
            MessageId id = new MessageId(partition, offset);
            if (!id.toString().equals(text)) { // one spelling an id: no "+1", no leading zeros
                throw new IllegalArgumentException(RULE);
            }
            return id;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(RULE, e);
        }
    }

    /**
     * Spread wide: ids of neighbouring partitions are close together, and of them there are many.
     */
    @Override
    public int hashCode() {
        long place = offset ^ ((long) partition << 48);
        return (int) ((place * 0x9E37_79B9_7F4A_7C15L) >>> 32);
    }

    @Override
    public int compareTo(MessageId other) {
        int byPartition = Integer.compare(partition, other.partition);
        return byPartition != 0 ? byPartition : Long.compare(offset, other.offset);
    }

    @Override
    public String toString() {
        return partition + "-" + offset;
    }
}
