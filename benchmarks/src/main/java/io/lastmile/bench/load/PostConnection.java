package io.lastmile.bench.load;

import io.lastmile.wire.MessageId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** One connection that is kept alive and posts one message after the other. One thread. */
public final class PostConnection implements AutoCloseable {
    private static final int ANSWER_WITHIN_MS = 30_000;
    private static final String CONTENT_TYPE = "application/octet-stream";

    private final Socket socket;
    private final PostRequest request;
    private final AnswerBytes answer = new AnswerBytes();

    /** The status of a message that Kafka has. */
    public static final int ACCEPTED = 202;

    /** Connects. */
    public PostConnection(InetSocketAddress api) throws IOException {
        socket = new Socket(api.getHostString(), api.getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(ANSWER_WITHIN_MS);
        request = new PostRequest(api);
    }

    /** The bytes of a request, head and body in one. */
    public byte[] request(String device, byte[] payload) {
        return request.bytes(device, payload, CONTENT_TYPE);
    }

    /** Posts and waits for the whole answer: its status. */
    public int post(byte[] request) throws IOException {
        socket.getOutputStream().write(request);
        answer.clear();
        while (!answer.read(socket.getInputStream())) {
            // the rest of it
        }
        return answer.status();
    }

    /** The id of the message that was accepted last. */
    public MessageId id() throws IOException {
        MessageId id = answer.id();
        if (id == null) {
            throw new IOException("the answer does not begin with an id");
        }
        return id;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
