package io.lastmile.bench.load;

import java.nio.charset.StandardCharsets;

/**
 * Lines of JSON as the API takes them, of messages with numbered payloads. They are copies of one
 * line in which two numbers are changed: writing them costs next to nothing. One thread.
 */
public final class MessageLines {
    private static final String BEFORE_NAME = "{\"device\":\"";
    private static final String BEFORE_PAYLOAD = "\",\"payloadBase64\":\"";

    private final byte[] line;
    private final int nameEnd;
    private final int payloadFrom;
    private final byte[] bytes;
    private int length;

    /** Room for so many lines, and none yet. */
    public MessageLines(NumberedPayload payload, int linesMax) {
        String beforePayload = BEFORE_NAME + DeviceName.of(0) + BEFORE_PAYLOAD;
        nameEnd = beforePayload.length() - BEFORE_PAYLOAD.length();
        payloadFrom = beforePayload.length();
        line = (beforePayload + payload.base64() + "\"}\n").getBytes(StandardCharsets.US_ASCII);
        bytes = new byte[linesMax * line.length];
    }

    /** Forgets all lines. */
    public void clear() {
        length = 0;
    }

    /** Adds a line. */
    public void add(int device, long number) {
        System.arraycopy(line, 0, bytes, length, line.length);
        DeviceName.write(device, bytes, length + nameEnd);
        NumberedPayload.writeBase64(number, bytes, length + payloadFrom);
        length += line.length;
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }
}
