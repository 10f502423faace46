package io.lastmile.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.FileSize;
import io.lastmile.node.LogLevel;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Where a command logs. One line an event, time in UTC, key-value pairs behind the message; a stack
 * trace is the only thing that takes more.
 */
public final class Logs {
    private static final String PATTERN =
            "%d{\"yyyy-MM-dd'T'HH:mm:ss.SSS'Z'\", UTC} %-5level %logger{30} %msg %kvp%n";

    private Logs() {}

    /** Nothing: for tools, which say in a line of their own what went wrong. */
    public static void quiet() {
        bridge();
        root().detachAndStopAllAppenders();
        root().setLevel(Level.OFF);
    }

    /** To the standard output, as containers expect. Kafka's clients only warn. */
    public static void toConsole(LogLevel most) {
        var console = new ConsoleAppender<ILoggingEvent>();
        use(console, most);
        if (most == LogLevel.INFO) {
            level("org.apache.kafka", Level.WARN);
            level("org.eclipse.jetty", Level.WARN);
            // What a peer does to HTTP is told to the peer.
            level("org.eclipse.jetty.server", Level.ERROR);
            level("org.eclipse.jetty.http", Level.ERROR);
            // Every try to reach a broker that is away is a line of theirs; one of ours says it
            // too.
            level("org.apache.kafka.clients.NetworkClient", Level.ERROR);
            level("org.apache.kafka.clients.producer.internals.Sender", Level.ERROR);
            endsMayBeAskedFor();
        } else {
            level("org.apache.kafka", level(most));
        }
    }

    /** To a file that is kept below 10 MB, with one older one beside it. */
    public static void toFile(Path file, LogLevel most) {
        LoggerContext context = context();
        var appender = new RollingFileAppender<ILoggingEvent>();
        appender.setContext(context);
        appender.setFile(file.toString());
        var window = new FixedWindowRollingPolicy();
        window.setContext(context);
        window.setParent(appender);
        window.setMinIndex(1);
        window.setMaxIndex(1);
        window.setFileNamePattern(file + ".%i");
        window.start();
        var trigger = new SizeBasedTriggeringPolicy<ILoggingEvent>();
        trigger.setContext(context);
        trigger.setMaxFileSize(FileSize.valueOf("10MB"));
        trigger.start();
        appender.setRollingPolicy(window);
        appender.setTriggeringPolicy(trigger);
        use(appender, most);
        level("org.apache.kafka.common.config", Level.WARN); // else every start prints all values
        level("org.apache.kafka.clients", Level.WARN);
        level("kafka.server.KafkaConfig", Level.WARN);
    }

    /** Of an embedded Kafka only what it warns about: a thousand lines a start say nothing. */
    public static void kafkaOnlyWarns() {
        for (String logger : List.of("org.apache.kafka", "kafka", "state.change.logger")) {
            level(logger, Level.WARN);
        }
        endsMayBeAskedFor();
    }

    /** A claim, and a trace, ask for the ends of partitions that they do not read at the time. */
    private static void endsMayBeAskedFor() {
        level("org.apache.kafka.clients.consumer.internals.OffsetFetcherUtils", Level.ERROR);
    }

    /** What libraries log through java.util.logging goes the same way. */
    private static void bridge() {
        if (!SLF4JBridgeHandler.isInstalled()) {
            SLF4JBridgeHandler.removeHandlersForRootLogger();
            SLF4JBridgeHandler.install();
        }
    }

    private static void use(OutputStreamAppender<ILoggingEvent> appender, LogLevel most) {
        bridge();
        LoggerContext context = context();
        var encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(PATTERN);
        encoder.start();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.start();
        root().detachAndStopAllAppenders();
        root().addAppender(appender);
        root().setLevel(level(most));
    }

    private static Level level(LogLevel most) {
        return Level.toLevel(most.name());
    }

    private static void level(String logger, Level level) {
        context().getLogger(logger).setLevel(level);
    }

    private static Logger root() {
        return context().getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    private static LoggerContext context() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }
}
