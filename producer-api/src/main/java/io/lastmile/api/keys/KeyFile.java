package io.lastmile.api.keys;

import io.lastmile.node.Clock;
import io.lastmile.node.SettingsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of keys, a line each, read again when it has changed. A change that cannot be understood
 * leaves the keys as they were. Any thread.
 */
public final class KeyFile {
    private static final Logger LOG = LoggerFactory.getLogger(KeyFile.class);
    private static final long LOOK_EVERY_NS = 1_000_000_000L;

    /** Compared with when the name is unknown, so that this takes as long. */
    private static final ApiKey NOBODY =
            new ApiKey(
                    "nobody", ApiKey.hash(""), EnumSet.allOf(Scope.class), List.of(), List.of(), 0);

    private final Path file;
    private final Clock clock;
    private final Map<String, Rate> rates = new HashMap<>(); // guarded by this
    private volatile Map<String, Known> keys;
    private volatile long lookedNs;
    private String text;

    private record Known(ApiKey key, Caller caller) {}

    /**
     * Reads the file.
     *
     * @throws SettingsException where it cannot be read or understood
     */
    public KeyFile(String settingKey, Path file, Clock clock) {
        this.file = file;
        this.clock = clock;
        try {
            text = Files.readString(file);
            keys = read(text);
        } catch (IOException e) {
            throw new SettingsException(settingKey, "cannot read " + file + ": " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw new SettingsException(settingKey, file + ": " + e.getMessage());
        }
        lookedNs = clock.nanoTime();
    }

    /** Whose key that is; empty where it is nobody's. */
    public Optional<Caller> caller(String secret) {
        if (!isFresh()) {
            lookAgain();
        }
        Known known = keys.get(ApiKey.nameIn(secret));
        boolean right = (known == null ? NOBODY : known.key).isOf(secret);
        return right && known != null ? Optional.of(known.caller) : Optional.empty();
    }

    /** Whether the file was looked at a moment ago; otherwise the next caller has it read. */
    public boolean isFresh() {
        return clock.nanoTime() - lookedNs <= LOOK_EVERY_NS;
    }

    private synchronized void lookAgain() {
        if (isFresh()) {
            return;
        }
        lookedNs = clock.nanoTime();
        try {
            // Read rather than asked for its time: two changes within a second have the same one.
            String now = Files.readString(file, StandardCharsets.UTF_8);
            if (now.equals(text)) {
                return;
            }
            text = now;
            keys = read(now);
            LOG.atInfo().addKeyValue("keys", keys.size()).log("The file of keys was read again");
        } catch (IOException | IllegalArgumentException e) {
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("reason", e.getMessage())
                    .log("The file of keys cannot be understood; the keys are as they were");
        }
    }

    private synchronized Map<String, Known> read(String lines) {
        Map<String, Known> byName = new HashMap<>();
        int number = 0;
        for (String line : lines.lines().toList()) {
            number++;
            if (line.isBlank() || line.stripLeading().startsWith("#")) {
                continue;
            }
            ApiKey key = parse(line, number);
            Rate rate = rates.get(key.name());
            if (rate == null || rate.perSecond() != key.perSecond()) {
                rate = key.perSecond() == 0 ? Rate.UNLIMITED : new Rate(key.perSecond());
            }
            rates.put(key.name(), rate);
            Set<Scope> scopes = key.scopes();
            Caller caller =
                    new Caller(
                            key.name(), scopes, key.devicePrefixes(), key.channelPrefixes(), rate);
            if (byName.put(key.name(), new Known(key, caller)) != null) {
                throw new IllegalArgumentException(
                        "line " + number + ": the name " + key.name() + " stands twice");
            }
        }
        rates.keySet().retainAll(byName.keySet());
        return Map.copyOf(byName);
    }

    private static ApiKey parse(String line, int number) {
        try {
            return ApiKey.parse(line);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("line " + number + ": " + e.getMessage(), e);
        }
    }
}
