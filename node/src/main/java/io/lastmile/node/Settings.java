package io.lastmile.node;

import io.lastmile.wire.HostPort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration, read once at start: flag before environment before file before default. One
 * key has one name: {@code edge.sessions.max} is the flag {@code --edge.sessions.max=5}, the
 * variable {@code LASTMILE_EDGE_SESSIONS_MAX} and the line {@code edge.sessions.max=5}. Every call
 * also records a row of the manual. One thread.
 */
public final class Settings {
    private static final Logger LOG = LoggerFactory.getLogger(Settings.class);

    /**
     * A row of the manual.
     *
     * @param byDefault empty where there is none
     * @param allowed the range or the choices, in words
     */
    public record Row(String key, String byDefault, String allowed, String description) {}

    private final SettingsSource source;
    private final Map<String, Row> rows = new LinkedHashMap<>();
    private final Set<String> prefixes = new LinkedHashSet<>();

    private Settings(SettingsSource source) {
        this.source = source;
    }

    /** Settings of these values, as for tests and for one process that plays all roles. */
    public static Settings of(Map<String, String> values) {
        return new Settings(new SettingsSource(Map.copyOf(values), Map.of(), Map.of()));
    }

    /**
     * Settings of a process.
     *
     * @param flags {@code --key=value} or {@code --key value}; {@code --config FILE} names a
     *     properties file
     * @param environment of the process; only what begins with LASTMILE_ is looked at
     */
    public static Settings read(List<String> flags, Map<String, String> environment) {
        return new Settings(SettingsSource.read(flags, environment));
    }

    /** A text that is not blank. */
    public String text(String key, String byDefault, String description) {
        record(key, byDefault, "text", description);
        String value = given(key);
        return value == null ? byDefault : notBlank(key, value);
    }

    /** A text, or null where none is given. */
    public @Nullable String optionalText(String key, String description) {
        record(key, "", "text", description);
        String value = given(key);
        return value == null ? null : notBlank(key, value);
    }

    /** Where others are to connect to, {@code host:port}, or null where nothing is given. */
    public @Nullable String optionalAddress(String key, String description) {
        record(key, "", "host:port", description);
        String value = given(key);
        if (value == null) {
            return null;
        }
        if (HostPort.parse(notBlank(key, value)) == null) {
            throw new SettingsException(
                    key,
                    "'" + value + "'" + where(key) + " is not allowed; it is " + HostPort.RULE);
        }
        return value;
    }

    /** A text that must be given and is never printed. */
    public String secret(String key, String description) {
        String value = optionalSecret(key, description);
        if (value == null) {
            throw new SettingsException(
                    key,
                    "must be set ("
                            + description
                            + "). Set "
                            + SettingsSource.variable(key)
                            + " or a line "
                            + key
                            + "=... in the file of --config");
        }
        return value;
    }

    /** A text that is never printed, or null where none is given. */
    public @Nullable String optionalSecret(String key, String description) {
        record(key, "", "secret text", description);
        String value = given(key);
        return value == null ? null : notBlank(key, value);
    }

    /** A whole number that fits an int. */
    public int count(String key, int byDefault, int min, int max, String description) {
        return Math.toIntExact(number(key, byDefault, min, max, description));
    }

    /** A whole number. */
    public long number(String key, long byDefault, long min, long max, String description) {
        String allowed = min + " to " + max;
        record(key, Long.toString(byDefault), allowed, description);
        String value = given(key);
        if (value == null) {
            return byDefault;
        }
        try {
            return inRange(key, value, Long.parseLong(value), min, max, allowed);
        } catch (NumberFormatException e) {
            throw wrong(key, value, "a whole number, " + allowed, Long.toString(byDefault));
        }
    }

    /** A number of bytes, written {@code 1000}, {@code 256KiB}, {@code 4MiB}, {@code 1GiB}. */
    public long bytes(String key, long byDefault, long min, long max, String description) {
        String allowed = Units.formatBytes(min) + " to " + Units.formatBytes(max);
        record(key, Units.formatBytes(byDefault), allowed, description);
        String value = given(key);
        if (value == null) {
            return byDefault;
        }
        OptionalLong bytes = Units.parseBytes(value);
        if (bytes.isEmpty()) {
            throw wrong(
                    key,
                    value,
                    "a size such as 1000, 256KiB or 4MiB, " + allowed,
                    Units.formatBytes(byDefault));
        }
        return inRange(key, value, bytes.getAsLong(), min, max, allowed);
    }

    /** A duration, written {@code 500ms}, {@code 10s}, {@code 5m}, {@code 2h}, {@code 3d}. */
    public Duration duration(
            String key, Duration byDefault, Duration min, Duration max, String description) {
        String allowed = Units.format(min) + " to " + Units.format(max);
        record(key, Units.format(byDefault), allowed, description);
        String value = given(key);
        if (value == null) {
            return byDefault;
        }
        OptionalLong ms = Units.parseDurationMs(value);
        if (ms.isEmpty()) {
            throw wrong(
                    key,
                    value,
                    "a duration such as 500ms, 10s, 5m, 2h or 3d, " + allowed,
                    Units.format(byDefault));
        }
        return Duration.ofMillis(
                inRange(key, value, ms.getAsLong(), min.toMillis(), max.toMillis(), allowed));
    }

    /** True or false; a flag without a value is true. */
    public boolean flag(String key, boolean byDefault, String description) {
        record(key, Boolean.toString(byDefault), "true or false", description);
        String value = given(key);
        if (value == null) {
            return byDefault;
        }
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong(key, value, "true or false", Boolean.toString(byDefault));
        };
    }

    /** One of an enum's constants, written in lower case with {@code -} for {@code _}. */
    public <E extends Enum<E>> E choice(
            String key, E byDefault, Class<E> type, String description) {
        StringJoiner allowed = new StringJoiner(", ");
        for (E constant : type.getEnumConstants()) {
            allowed.add(word(constant));
        }
        record(key, word(byDefault), allowed.toString(), description);
        String value = given(key);
        if (value == null) {
            return byDefault;
        }
        for (E constant : type.getEnumConstants()) {
            if (word(constant).equals(value)) {
                return constant;
            }
        }
        throw wrong(key, value, "one of " + allowed, word(byDefault));
    }

    /** A TCP port; 0 is any free one. */
    public int port(String key, int byDefault, String description) {
        return count(key, byDefault, 0, 65_535, description);
    }

    /**
     * What was given under a prefix and not asked for by its own name, by the rest of the key. Ask
     * for the named keys of the prefix first.
     */
    public Map<String, String> under(String prefix) {
        return under(prefix, "passed on as it is");
    }

    /** As {@link #under(String)}, with what the manual says about the prefix. */
    public Map<String, String> under(String prefix, String description) {
        prefixes.add(prefix);
        Map<String, String> found = new LinkedHashMap<>(source.under(prefix));
        for (String key : List.copyOf(rows.keySet())) {
            if (key.startsWith(prefix)) {
                String rest = key.substring(prefix.length());
                found.remove(rest);
                found.remove(rest.replace('-', '.').replace('_', '.')); // as a variable spells it
            }
        }
        record(prefix + "*", "", "any", description);
        return found;
    }

    /** Whether somebody gave the key a value, rather than leaving it at its default. */
    public boolean isGiven(String key) {
        return source.find(key) != null;
    }

    /**
     * Refuses what nobody asked for, which is most often a slip of the hand. To be called when
     * every part has read its settings. A variable of the environment is only warned about:
     * platforms put their own there.
     *
     * @throws SettingsException for a flag or a line of the file, with the nearest known name
     */
    public void refuseUnknown() {
        refuseUnknown(source.flags().keySet());
        refuseUnknown(source.file().keySet());
        Set<String> variables = new LinkedHashSet<>();
        rows.keySet().forEach(key -> variables.add(SettingsSource.variable(key)));
        for (String name : source.environment().keySet()) {
            if (!variables.contains(name)
                    && prefixes.stream()
                            .map(SettingsSource::variable)
                            .noneMatch(name::startsWith)) {
                LOG.atWarn()
                        .addKeyValue("variable", name)
                        .log("An environment variable is not a setting and is ignored");
            }
        }
    }

    private void refuseUnknown(Collection<String> keys) {
        for (String key : keys) {
            if (!rows.containsKey(key) && prefixes.stream().noneMatch(key::startsWith)) {
                throw new SettingsException(
                        key,
                        NearNames.nearest(key, rows.keySet())
                                .map(near -> "no such setting; did you mean " + near + "?")
                                .orElse("no such setting; docs/configuration.md lists all"));
            }
        }
    }

    /** The manual: every setting asked for so far, in that order. */
    public List<Row> rows() {
        return new ArrayList<>(rows.values());
    }

    private void record(String key, String byDefault, String allowed, String description) {
        rows.putIfAbsent(key, new Row(key, byDefault, allowed, description));
    }

    private @Nullable String given(String key) {
        SettingsSource.Given given = source.find(key);
        return given == null ? null : given.value().strip();
    }

    private static String notBlank(String key, String value) {
        if (value.isEmpty()) {
            throw new SettingsException(key, "is empty; give it a value or leave it out");
        }
        return value;
    }

    private long inRange(String key, String text, long value, long min, long max, String allowed) {
        if (value < min || value > max) {
            throw new SettingsException(
                    key, text + where(key) + " is out of range; allowed is " + allowed);
        }
        return value;
    }

    private SettingsException wrong(String key, String value, String allowed, String byDefault) {
        return new SettingsException(
                key,
                "'"
                        + value
                        + "'"
                        + where(key)
                        + " is not allowed; allowed is "
                        + allowed
                        + " (default "
                        + byDefault
                        + ")");
    }

    private String where(String key) {
        SettingsSource.Given given = source.find(key);
        return given == null ? "" : " (from " + given.where() + ")";
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Only how many there are: a value could be a secret. */
    @Override
    public String toString() {
        return rows.size() + " settings";
    }
}
