package io.lastmile.node;

/** Numbers of things, in words: one of them has no plural. */
public final class Counted {
    private Counted() {}

    /** Such as {@code 1 message} and {@code 1,200 messages}. */
    public static String of(long count, String noun) {
        return "%,d %s%s".formatted(count, noun, count == 1 ? "" : "s");
    }
}
