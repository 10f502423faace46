package io.lastmile.wire;

/**
 * One life of a node: each start of a process, and each return from being declared gone, is a new
 * one. The number is unique for the node's name; a later life has the greater number.
 */
public record Incarnation(String node, long number) implements Comparable<Incarnation> {
    /** The longest node name, in characters. */
    public static final int NODE_LENGTH_MAX = 64;

    /** What to tell somebody whose node name was refused. */
    public static final String RULE =
            "a node name is 1 to " + NODE_LENGTH_MAX + " characters of A-Z a-z 0-9 . _ -";

    /**
     * @throws IllegalArgumentException naming the rule, where the node name breaks it
     */
    public Incarnation {
        if (!isValidNode(node) || number < 0) {
            throw new IllegalArgumentException(RULE);
        }
    }

    /** Whether the text may name a node. */
    public static boolean isValidNode(String text) {
        if (text.isEmpty() || text.length() > NODE_LENGTH_MAX) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (!isAllowed(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** {@code [A-Za-z0-9._-]}, which device ids are made of too. */
    static boolean isAllowed(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }

    @Override
    public int compareTo(Incarnation other) {
        int byNode = node.compareTo(other.node);
        return byNode != 0 ? byNode : Long.compare(number, other.number);
    }

    /** {@code <node>/<number>}, the number in base 36. */
    @Override
    public String toString() {
        return node + "/" + Long.toString(number, 36);
    }
}
