package io.lastmile.api.http;

import io.lastmile.node.HttpAnswer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** {@code GET /openapi.json}: the description of this API for programs. */
final class OpenApi {
    private static final byte[] DOCUMENT = document();

    private OpenApi() {}

    private static byte[] document() {
        try (InputStream in = OpenApi.class.getResourceAsStream("openapi.json")) {
            return Objects.requireNonNull(in).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void send(HttpAnswer answer) {
        answer.type("application/json").send(DOCUMENT);
    }
}
