package io.lastmile.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Netty's leak detector, which the build puts in its place with level paranoid: it keeps what it
 * finds instead of logging it, and a test class that leaked a buffer fails.
 */
public final class Leaks<T> extends ResourceLeakDetector<T> {
    private static final String OURS = "leaked on purpose";
    private static final int COLLECTIONS_MAX = 100;
    private static final AtomicInteger TIMES = new AtomicInteger();
    private static final Queue<String> FOUND = new ConcurrentLinkedQueue<>();

    /** By reflection, from Netty. */
    public Leaks(Class<?> resourceType, int samplingInterval) {
        super(resourceType, samplingInterval);
    }

    @Override
    protected boolean needReport() {
        return true;
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
        FOUND.add(resourceType + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
        FOUND.add(resourceType);
    }

    /** What was leaked since the last call. */
    private static List<String> take() throws InterruptedException {
        leakOne(OURS + " " + TIMES.incrementAndGet()); // the same is told only once
        // What became garbage before our own leak is found when that is.
        for (int i = 0; FOUND.stream().noneMatch(found -> found.contains(OURS)); i++) {
            if (i == COLLECTIONS_MAX) {
                throw new AssertionError("the leak detector does not find what is leaked " + FOUND);
            }
            System.gc();
            Thread.sleep(1);
            UnpooledByteBufAllocator.DEFAULT.directBuffer(1).release(); // makes it look
        }
        List<String> others =
                FOUND.stream().filter(found -> !found.contains(OURS)).distinct().toList();
        FOUND.clear();
        return others;
    }

    private static void leakOne(String hint) {
        ByteBuf leaked = UnpooledByteBufAllocator.DEFAULT.directBuffer(1);
        var _ = leaked.touch(hint);
    }

    /** Runs after every test class of this module. */
    public static final class AfterEachClass implements AfterAllCallback {
        @Override
        public void afterAll(ExtensionContext context) throws InterruptedException {
            List<String> leaked = take();
            if (!leaked.isEmpty()) {
                throw new AssertionError(
                        leaked.size()
                                + " kinds of buffers leaked, the first: "
                                + leaked.getFirst());
            }
        }
    }
}
