package io.lastmile.node;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of a process in the order of their start; closing stops them in reverse. */
public final class Lifecycle implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);

    private record Part(String name, AutoCloseable closeable) {}

    private final Deque<Part> started = new ArrayDeque<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private boolean closing;

    /** Takes a part that has just been made, to be closed before those already here. */
    public synchronized <T extends AutoCloseable> T start(String name, T part) {
        started.push(new Part(name, part));
        LOG.atInfo().addKeyValue("part", name).log("Started");
        return part;
    }

    /** Closes everything when the process is told to end, by Ctrl-C or SIGTERM. */
    public void closeOnExit() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "lastmile-stop"));
    }

    /** Waits until everything is closed. */
    public void awaitClosed() throws InterruptedException {
        closed.await();
    }

    /** Stops all parts, the last started first. One that fails does not keep the others. */
    @Override
    public void close() {
        synchronized (this) {
            if (closing) {
                return;
            }
            closing = true;
        }
        while (true) {
            Part part;
            synchronized (this) {
                part = started.poll();
            }
            if (part == null) {
                break;
            }
            try {
                part.closeable.close();
                LOG.atInfo().addKeyValue("part", part.name).log("Stopped");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // the rest is still to be closed
                LOG.atWarn().addKeyValue("part", part.name).log("Interrupted while stopping");
            } catch (Exception e) {
                LOG.atError().addKeyValue("part", part.name).setCause(e).log("Failed to stop");
            }
        }
        closed.countDown();
    }
}
