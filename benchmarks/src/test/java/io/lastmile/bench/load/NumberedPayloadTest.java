package io.lastmile.bench.load;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumberedPayloadTest {
    private static final int BYTES = 50;

    private final NumberedPayload payload = new NumberedPayload(BYTES);

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 255, 256, 1_234_567_890_123L, (1L << 48) - 1})
    void theNumberIsReadBack(long number) {
        assertEquals(number, NumberedPayload.number(payload.of(number), 0));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 63, 64, 1_234_567_890_123L, (1L << 48) - 1})
    void aLineHasTheSamePayloadAndItsDevice(long number) {
        MessageLines lines = new MessageLines(payload, 2);
        lines.add(9, 9);
        lines.clear();
        lines.add(12_345_678, number);
        String line =
                new String(lines.bytes(), 0, lines.length(), StandardCharsets.US_ASCII).strip();
        assertTrue(line.startsWith("{\"device\":\"bench-12345678\",\"payloadBase64\":\""), line);
        String base64 = line.substring(line.lastIndexOf(':') + 2, line.length() - 2);
        assertArrayEquals(payload.of(number), Base64.getDecoder().decode(base64));
    }
}
