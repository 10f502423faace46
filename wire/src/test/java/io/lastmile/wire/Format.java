package io.lastmile.wire;

import java.util.function.Function;

/** One kind of bytes that the services exchange: how to draw a value of it, write and read it. */
record Format<T>(
        String name,
        Function<RandomValues, T> draw,
        Function<T, byte[]> encode,
        Function<byte[], T> decode) {

    /** The bytes of a drawn value. */
    byte[] drawBytes(RandomValues random) {
        return encode.apply(draw.apply(random));
    }

    @Override
    public String toString() {
        return name; // of the test's row
    }
}
