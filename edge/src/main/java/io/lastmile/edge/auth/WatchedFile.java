package io.lastmile.edge.auth;

import io.lastmile.node.Clock;
import io.lastmile.node.SettingsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a file says, read again when it has changed; a change that cannot be understood leaves it as
 * it was. Reads on the thread that asks, which is no event loop's.
 */
final class WatchedFile<T> {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedFile.class);
    private static final long LOOK_EVERY_NS = 1_000_000_000L;

    private final Path file;
    private final Reading<T> reading;
    private final Clock clock;
    private String text;
    private volatile T content;
    private volatile long lookedNs;

    /** What a text means. */
    @FunctionalInterface
    interface Reading<T> {
        /**
         * Reads it.
         *
         * @throws IllegalArgumentException saying what is wrong, without anything secret
         */
        T read(String text);
    }

    /**
     * Reads the file.
     *
     * @throws SettingsException where it cannot be read or understood
     */
    WatchedFile(String settingKey, Path file, Reading<T> reading, Clock clock) {
        this.file = file;
        this.reading = reading;
        this.clock = clock;
        try {
            text = Files.readString(file, StandardCharsets.UTF_8);
            content = reading.read(text);
        } catch (IOException e) {
            throw new SettingsException(settingKey, "cannot read " + file + ": " + e);
        } catch (IllegalArgumentException e) {
            throw new SettingsException(settingKey, file + ": " + e.getMessage());
        }
        lookedNs = clock.nanoTime();
    }

    T current() {
        if (clock.nanoTime() - lookedNs > LOOK_EVERY_NS) {
            lookAgain();
        }
        return content;
    }

    private synchronized void lookAgain() {
        if (clock.nanoTime() - lookedNs <= LOOK_EVERY_NS) {
            return;
        }
        lookedNs = clock.nanoTime();
        try {
            // Read rather than asked for its time: two changes within a second have the same one.
            String now = Files.readString(file, StandardCharsets.UTF_8);
            if (!now.equals(text)) {
                text = now;
                content = reading.read(now);
                LOG.atInfo().addKeyValue("file", file).log("Read again");
            }
        } catch (IOException | IllegalArgumentException e) {
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("reason", e.getMessage())
                    .log("Cannot be understood; it counts as it was");
        }
    }
}
