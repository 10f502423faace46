package io.lastmile.bench.load;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Payload;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Messages posted to devices in turn, at a steady rate where that can be held, until it is stopped.
 */
public final class Load implements AutoCloseable {
    private static final int CONNECTIONS = 32;

    /** A machine that cannot keep up is given less, rather than more and more to catch up with. */
    private static final int UNANSWERED_MAX = 2_000;

    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(60);

    private final List<DeviceId> devices;
    private final HttpProducer producer;
    private final double perSecond;
    private final Set<MessageId> accepted = ConcurrentHashMap.newKeySet();
    private final AtomicInteger unanswered = new AtomicInteger();
    private final LongAdder refused = new LongAdder();
    private final Thread thread;
    private volatile boolean stopping;

    /** Begins to post. */
    public Load(InetSocketAddress api, List<DeviceId> devices, double perSecond) {
        this.devices = devices;
        this.perSecond = perSecond;
        producer = new HttpProducer(api, CONNECTIONS);
        thread = Thread.ofPlatform().name("load").daemon().start(this::run);
    }

    private void run() {
        Pace pace = new Pace(System.nanoTime(), perSecond);
        for (long i = 0; !stopping; i++) {
            long _ = pace.awaitDue(i);
            awaitRoom();
            post(devices.get((int) (i % devices.size())), "message " + i);
        }
    }

    private void awaitRoom() {
        while (!stopping && unanswered.get() >= UNANSWERED_MAX) {
            LockSupport.parkNanos(LOOK_NS);
        }
    }

    private void post(DeviceId device, String text) {
        unanswered.incrementAndGet();
        var _ =
                producer.post(device, Payload.ofText(text), "text/plain")
                        .whenComplete(this::answered);
    }

    private void answered(@Nullable Answer answer, @Nullable Throwable failure) {
        if (answer != null && answer.accepted()) {
            accepted.add(answer.id());
        } else {
            refused.increment();
        }
        unanswered.decrementAndGet();
    }

    /** What was answered 202 so far. */
    public Set<MessageId> accepted() {
        return Set.copyOf(accepted);
    }

    /** How many posts were answered otherwise, or not at all. */
    public long refused() {
        return refused.sum();
    }

    /** Stops, with one more message to each device, and waits for every answer. */
    public void stop() throws InterruptedException {
        stopping = true;
        thread.join();
        awaitAnswers();
        for (DeviceId device : devices) {
            post(device, "the last");
        }
        awaitAnswers();
    }

    private void awaitAnswers() {
        Until.holds("every post is answered", ANSWERS_WITHIN, () -> unanswered.get() == 0);
    }

    @Override
    public void close() {
        stopping = true;
        producer.close();
    }
}
