package io.lastmile.edge;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/**
 * What was logged as an error, and a bug is: an exception nobody expected ends in such a line and
 * not in the test. What is less than an error is not logged meanwhile.
 */
public final class Bugs extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final Logger logger = (Logger) LoggerFactory.getLogger("io.lastmile");
    private final Queue<String> found = new ConcurrentLinkedQueue<>();

    private Bugs() {}

    /** Watches from now on. */
    public static Bugs watch() {
        Bugs bugs = new Bugs();
        bugs.start();
        bugs.logger.addAppender(bugs);
        bugs.logger.setLevel(Level.ERROR);
        return bugs;
    }

    @Override
    protected void append(ILoggingEvent event) {
        IThrowableProxy cause = event.getThrowableProxy();
        found.add(
                cause == null
                        ? event.getMessage()
                        : event.getMessage()
                                + ": "
                                + cause.getClassName()
                                + ": "
                                + cause.getMessage());
    }

    /** So far. */
    public List<String> found() {
        return List.copyOf(found);
    }

    @Override
    public void close() {
        logger.detachAppender(this);
        logger.setLevel(null);
        stop();
    }
}
