package io.lastmile.bench.load;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Payload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Posts messages over a fixed number of kept-alive connections, one request at a time on each. What
 * finds no idle connection waits, in order. Who posts writes the request itself; one thread reads
 * the answers, and completes them. Any thread.
 */
public final class HttpProducer implements AutoCloseable {
    private static final Duration CLOSED_WITHIN = Duration.ofSeconds(5);

    private final InetSocketAddress api;
    private final PostRequest requests;
    private final int connectionsMax;
    private final Selector selector;
    private final Thread reader;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<PostChannel> idle = new ArrayDeque<>();
    private final ArrayDeque<PostChannel.Post> waiting = new ArrayDeque<>();
    private int connections;
    private volatile boolean closed;

    /** Opens its connections as they are needed. */
    public HttpProducer(InetSocketAddress api, int connectionsMax) {
        this.api = api;
        this.connectionsMax = connectionsMax;
        requests = new PostRequest(api);
        try {
            selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        reader = Thread.ofPlatform().name("answers").daemon().start(this::read);
    }

    /** Posts a message; fails where there is no answer. May wait for a connection to be made. */
    public CompletableFuture<Answer> post(DeviceId device, Payload payload, String contentType) {
        PostChannel.Post post =
                new PostChannel.Post(
                        ByteBuffer.wrap(
                                requests.bytes(device.value(), payload.bytes(), contentType)),
                        new CompletableFuture<>());
        send(post);
        return post.answer();
    }

    private void send(PostChannel.@Nullable Post first) {
        for (PostChannel.Post post = first; post != null; ) {
            post = nextAfter(post);
        }
    }

    /** Sends it, now or later. Where that fails there is room for the one that is returned. */
    private PostChannel.@Nullable Post nextAfter(PostChannel.Post post) {
        PostChannel free;
        lock.lock();
        try {
            if (closed) {
                post.answer().completeExceptionally(closed());
                return waiting.poll();
            }
            free = idle.poll();
            if (free == null && connections >= connectionsMax) {
                waiting.add(post);
                return null;
            }
            connections += free == null ? 1 : 0;
        } finally {
            lock.unlock();
        }
        PostChannel channel;
        try {
            channel = free == null ? PostChannel.connect(api, selector) : free;
        } catch (IOException e) {
            post.answer().completeExceptionally(e);
            return gone(null);
        }
        try {
            channel.begin(post);
        } catch (IOException | CancelledKeyException e) {
            post.answer().completeExceptionally(e); // the reader finds that it is broken
        }
        return null;
    }

    private void read() {
        try {
            while (!closed) {
                selector.select(this::ready);
            }
        } catch (IOException | ClosedSelectorException e) {
            if (!closed) {
                throw new IllegalStateException("answers cannot be read", e);
            }
        }
    }

    private void ready(SelectionKey key) {
        PostChannel channel = (PostChannel) key.attachment();
        try {
            if (channel.isAnswered(key)) {
                PostChannel.Post next = nextOf(channel);
                if (next != null) {
                    channel.begin(next);
                }
            }
        } catch (IOException | RuntimeException e) { // what it answers may be anything
            channel.close(e);
            send(gone(channel));
        }
    }

    private PostChannel.@Nullable Post nextOf(PostChannel channel) {
        lock.lock();
        try {
            PostChannel.Post next = waiting.poll();
            if (next == null) {
                idle.add(channel);
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** A connection less: the next that waits may have one of its own. */
    private PostChannel.@Nullable Post gone(@Nullable PostChannel channel) {
        lock.lock();
        try {
            connections--;
            idle.remove(channel);
            return waiting.poll();
        } finally {
            lock.unlock();
        }
    }

    private static IOException closed() {
        return new IOException("the producer is closed");
    }

    /** Closes the connections; what was not answered fails. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        selector.wakeup();
        try {
            reader.join(CLOSED_WITHIN);
            for (SelectionKey key : selector.keys()) {
                ((PostChannel) key.attachment()).close(closed());
            }
            selector.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        PostChannel.Post first;
        lock.lock();
        try {
            first = waiting.poll();
        } finally {
            lock.unlock();
        }
        send(first);
    }
}
