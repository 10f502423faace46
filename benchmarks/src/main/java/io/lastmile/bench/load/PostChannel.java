package io.lastmile.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A connection with one request at a time: written by who has it, its answer read by one thread.
 */
final class PostChannel {
    private static final int CONNECT_WITHIN_MS = 10_000;

    private final SocketChannel channel;
    private final SelectionKey key;
    private final AnswerBytes answer = new AnswerBytes(); // of the thread that reads
    private volatile @Nullable Post post;
    private volatile @Nullable ByteBuffer rest; // of its request

    /** A request, and who waits for its answer. */
    record Post(ByteBuffer request, CompletableFuture<Answer> answer) {}

    private PostChannel(SocketChannel channel, Selector selector) throws IOException {
        this.channel = channel;
        key = channel.register(selector, 0, this);
    }

    /** Connects, waiting for it. */
    static PostChannel connect(InetSocketAddress api, Selector selector) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.socket().connect(Lookup.of(api), CONNECT_WITHIN_MS);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            PostChannel connected = new PostChannel(channel, selector);
            connected.key.interestOps(SelectionKey.OP_READ);
            selector.wakeup();
            return connected;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Writes a request; a part that the kernel does not take follows when it does. */
    void begin(Post next) throws IOException {
        ByteBuffer bytes = next.request;
        post = next;
        while (bytes.hasRemaining() && channel.write(bytes) > 0) {
            // all of it, mostly
        }
        if (bytes.hasRemaining()) {
            rest = bytes;
            key.interestOpsOr(SelectionKey.OP_WRITE);
            key.selector().wakeup();
        }
    }

    /** It can be read or written: whether an answer is whole now, and was given. */
    boolean isAnswered(SelectionKey ready) throws IOException {
        ByteBuffer left = rest;
        if (left != null && ready.isWritable()) {
            channel.write(left);
            if (!left.hasRemaining()) {
                rest = null;
                key.interestOpsAnd(~SelectionKey.OP_WRITE);
            }
        }
        if (!ready.isReadable() || !answer.read(channel)) {
            return false;
        }
        Answer whole = new Answer(answer.status(), answer.body());
        boolean last = answer.isLast();
        answer.clear();
        Post answered = post;
        post = null;
        if (answered == null) {
            throw new IOException("an answer to nothing");
        }
        answered.answer.complete(whole);
        if (last) {
            throw new IOException("the API closes the connection");
        }
        return true;
    }

    /** Closes it; what was not answered fails, also what is being begun. */
    void close(Exception cause) {
        try {
            channel.close();
        } catch (IOException e) {
            // it is closed either way
        }
        Post unanswered = post;
        if (unanswered != null) {
            unanswered.answer.completeExceptionally(
                    cause instanceof IOException ? cause : new IOException(cause));
        }
    }
}
