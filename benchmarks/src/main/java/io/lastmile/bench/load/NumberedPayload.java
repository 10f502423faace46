package io.lastmile.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;

/** Payloads that differ in a number at their beginning, so that who gets one knows which it is. */
public final class NumberedPayload {
    /** So many, so that what follows is in base 64 on its own. */
    static final int NUMBER_BYTES = 6;

    private static final int NUMBER_BASE64_BYTES = 8;
    private static final int BITS_OF_DIGIT = 6;
    private static final byte[] DIGITS =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
                    .getBytes(StandardCharsets.US_ASCII);

    private final byte[] filled;

    /**
     * Payloads of that length.
     *
     * @param bytes at least six
     */
    public NumberedPayload(int bytes) {
        filled = new byte[bytes];
        new Random(1).nextBytes(filled);
    }

    /** The payload with that number. */
    public byte[] of(long number) {
        byte[] payload = filled.clone();
        write(number, ByteBuffer.wrap(payload), 0);
        return payload;
    }

    /** Changes the number of a payload that stands there. */
    public static void write(long number, ByteBuffer into, int from) {
        for (int i = 0; i < NUMBER_BYTES; i++) {
            into.put(from + i, (byte) (number >>> (8 * (NUMBER_BYTES - 1 - i))));
        }
    }

    /** The number of a payload that begins there. */
    public static long number(byte[] bytes, int from) {
        long number = 0;
        for (int i = 0; i < NUMBER_BYTES; i++) {
            number = (number << 8) | (bytes[from + i] & 0xFF);
        }
        return number;
    }

    /** The payload of number 0 in base 64. */
    String base64() {
        return Base64.getEncoder().encodeToString(of(0));
    }

    /** Changes the number of a payload that stands there in base 64. */
    static void writeBase64(long number, byte[] into, int from) {
        long rest = number;
        for (int i = NUMBER_BASE64_BYTES - 1; i >= 0; i--) {
            into[from + i] = DIGITS[(int) (rest & (DIGITS.length - 1))];
            rest >>>= BITS_OF_DIGIT;
        }
    }
}
