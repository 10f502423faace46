package io.lastmile.api.http;

import io.lastmile.node.HttpAnswer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** An answer of server-sent events, each of which is to be there at once. One thread. */
final class EventStream implements AutoCloseable {
    private final OutputStream out;

    /** Begins it. */
    EventStream(HttpAnswer answer) {
        // A proxy that gathers, as nginx does by default, or packs would hold events back for ever.
        out =
                answer
                        .status(200)
                        .type("text/event-stream")
                        .header("Cache-Control", "no-store, no-transform")
                        .header("X-Accel-Buffering", "no")
                        .stream();
    }

    void write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
