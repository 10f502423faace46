package io.lastmile.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lastmile.wire.MessageId;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineAnswersTest implements LineAnswers.Told {
    private static final String ANSWERS =
            """
            {"id":"3-1234","device":"bench-00000001"}
            {"device":"bench-00000002","status":503}
            {"id":"15-7","device":"bench-00000003"}
            """;

    private final List<String> told = new ArrayList<>();

    @Override
    public void accepted(MessageId id) {
        told.add(id.toString());
    }

    @Override
    public void refused(String answer) {
        told.add(answer);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 20, 1_000})
    void answersAreReadWhereverChunksEnd(int chunkBytes) throws Exception {
        LineAnswers.read(in(chunked(chunkBytes)), this);
        String refusal = "{\"device\":\"bench-00000002\",\"status\":503}";
        assertEquals(List.of("3-1234", refusal, "15-7"), told);
    }

    /** The connection stays open behind it. */
    @Test
    void noLineHasNoAnswer() throws Exception {
        String empty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 ";
        LineAnswers.read(in(empty), this);
        assertEquals(List.of(), told);
    }

    @Test
    void aCutAnswerIsNoEnd() {
        String cut = chunked(7).substring(0, 150);
        assertThrows(EOFException.class, () -> LineAnswers.read(in(cut), this));
    }

    @Test
    void aRefusalOfAllIsNoAnswer() {
        String refused = "HTTP/1.1 503 Service Unavailable\r\n\r\n";
        assertThrows(IOException.class, () -> LineAnswers.read(in(refused), this));
    }

    private static ByteArrayInputStream in(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String chunked(int chunkBytes) {
        StringBuilder text =
                new StringBuilder("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int from = 0; from < ANSWERS.length(); from += chunkBytes) {
            String chunk = ANSWERS.substring(from, Math.min(ANSWERS.length(), from + chunkBytes));
            text.append(Integer.toHexString(chunk.length())).append("\r\n");
            text.append(chunk).append("\r\n");
        }
        return text.append("0\r\n\r\n").toString();
    }
}
