package io.lastmile.node;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where the values of settings come from: flags before environment before file.
 *
 * @param flags by key
 * @param environment by variable, only those of Lastmile
 * @param file by key
 */
record SettingsSource(
        Map<String, String> flags, Map<String, String> environment, Map<String, String> file) {
    private static final String VARIABLE_PREFIX = "LASTMILE_";
    private static final String CONFIG = "config";

    /** What the launcher reads; no setting. */
    private static final String LAUNCHER_VARIABLE = "LASTMILE_JAVA_OPTS";

    /** A value and the words for where it stands. */
    record Given(String value, String where) {}

    static SettingsSource read(List<String> arguments, Map<String, String> environment) {
        Map<String, String> flags = flags(arguments);
        Map<String, String> ours = new TreeMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith(VARIABLE_PREFIX) && !name.equals(LAUNCHER_VARIABLE)) {
                ours.put(name, value);
            }
        });
        String path = flags.remove(CONFIG);
        if (path == null) {
            path = ours.remove(variable(CONFIG));
        }
        return new SettingsSource(flags, ours, path == null ? Map.of() : file(path));
    }

    /**
     * The environment variable of a key: {@code edge.sessions.max} is LASTMILE_EDGE_SESSIONS_MAX.
     */
    static String variable(String key) {
        return VARIABLE_PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** The value of a key, if it was given anywhere. */
    @Nullable Given find(String key) {
        String value = flags.get(key);
        if (value != null) {
            return new Given(value, "--" + key);
        }
        value = environment.get(variable(key));
        if (value != null) {
            return new Given(value, variable(key));
        }
        value = file.get(key);
        return value == null ? null : new Given(value, "the file of --config");
    }

    /** Everything under a prefix, by the rest of the key. */
    Map<String, String> under(String prefix) {
        Map<String, String> found = new TreeMap<>();
        addUnder(found, prefix, file);
        String variables = variable(prefix);
        environment.forEach((name, value) -> {
            if (name.length() > variables.length() && name.startsWith(variables)) {
                String rest = name.substring(variables.length());
                found.put(rest.toLowerCase(Locale.ROOT).replace('_', '.'), value);
            }
        });
        addUnder(found, prefix, flags);
        return found;
    }

    private static void addUnder(
            Map<String, String> found, String prefix, Map<String, String> values) {
        values.forEach((key, value) -> {
            if (key.length() > prefix.length() && key.startsWith(prefix)) {
                found.put(key.substring(prefix.length()), value);
            }
        });
    }

    /** {@code --key=value}, {@code --key value}, or {@code --key} for true. */
    private static Map<String, String> flags(List<String> arguments) {
        Map<String, String> flags = new LinkedHashMap<>();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (!argument.startsWith("--") || argument.length() == 2) {
                throw new SettingsException(argument, "not a flag; write --key=value");
            }
            int equals = argument.indexOf('=');
            if (equals > 0) {
                flags.put(argument.substring(2, equals), argument.substring(equals + 1));
            } else if (i + 1 < arguments.size() && !arguments.get(i + 1).startsWith("--")) {
                flags.put(argument.substring(2), arguments.get(++i));
            } else {
                flags.put(argument.substring(2), "true");
            }
        }
        return flags;
    }

    private static Map<String, String> file(String path) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of(path))) {
            properties.load(reader);
        } catch (NoSuchFileException e) {
            throw new SettingsException("--" + CONFIG, "there is no file " + path);
        } catch (IOException | IllegalArgumentException e) {
            throw new SettingsException(
                    "--" + CONFIG, "cannot read " + path + " as a properties file: " + e);
        }
        Map<String, String> values = new TreeMap<>();
        properties
                .stringPropertyNames()
                .forEach(key -> values.put(key, properties.getProperty(key)));
        return values;
    }
}
