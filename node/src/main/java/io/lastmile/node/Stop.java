package io.lastmile.node;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * The end of a process that serves: on Ctrl-C or SIGTERM it closes the parts and ends with 0, which
 * a JVM by itself does not after a signal. A part that hangs does not keep the process.
 */
public final class Stop {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Lifecycle parts;
    private final Thread hook = new Thread(this::end, "lastmile-stop");
    private volatile int exitCode;

    private Stop(Lifecycle parts) {
        this.parts = parts;
    }

    /** Closes these parts when the process is told to end. */
    public static Stop closes(Lifecycle parts) {
        Stop stop = new Stop(parts);
        Runtime.getRuntime().addShutdownHook(stop.hook);
        return stop;
    }

    /** Waits for the signal; does not return. */
    public void await() throws InterruptedException {
        new CountDownLatch(1).await(); // the hook ends the process, not this thread
    }

    /** Closes the parts now, where something failed: the caller ends the process as it likes. */
    public void abandon() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            exitCode = 1; // already ending by a signal: then the hook goes on and ends it
        }
        parts.close();
    }

    private void end() {
        Thread.ofPlatform().daemon().name("lastmile-stop-deadline").start(this::endLate);
        parts.close();
        System.out.flush();
        Runtime.getRuntime().halt(exitCode);
    }

    private void endLate() {
        try {
            Thread.sleep(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        System.err.println("lastmile: did not stop within " + PATIENCE.toSeconds() + " s; ending");
        Runtime.getRuntime().halt(1);
    }
}
