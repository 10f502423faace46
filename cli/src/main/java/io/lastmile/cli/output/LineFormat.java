package io.lastmile.cli.output;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

/** How named fields become one line. */
public enum LineFormat {
    /** One JSON object. */
    JSON {
        @Override
        public String line(Map<String, Object> fields) {
            StringWriter line = new StringWriter();
            try (JsonGenerator out = FACTORY.createGenerator(line)) {
                write(out, fields);
            } catch (IOException e) {
                throw new UncheckedIOException(e); // a StringWriter does not fail
            }
            return line.toString();
        }
    },

    /** Time first, the leading words bare, the rest as name=value. */
    TEXT {
        @Override
        public String line(Map<String, Object> fields) {
            StringBuilder line = new StringBuilder(160);
            line.append(fields.getOrDefault("appendedAt", "-"));
            for (String name : LEADING) {
                Object value = fields.get(name);
                if (value instanceof Boolean isSo) {
                    line.append("  ").append(isSo ? name : "not " + name);
                } else if (value != null) {
                    line.append("  ").append(plain(value));
                }
            }
            for (Map.Entry<String, Object> field : fields.entrySet()) {
                if (!LEADING.contains(field.getKey()) && !field.getKey().equals("appendedAt")) {
                    line.append("  ")
                            .append(field.getKey())
                            .append('=')
                            .append(plain(field.getValue()));
                }
            }
            return line.toString();
        }
    };

    private static final JsonFactory FACTORY = new JsonFactory();

    private static final Set<String> LEADING =
            java.util.Collections.unmodifiableSet(
                    new java.util.LinkedHashSet<>(
                            java.util.List.of(
                                    "kind", "role", "node", "device", "event", "outcome", "online",
                                    "id")));

    private static final int TEXT_LENGTH_MAX = 200;

    /** The line, without its end. */
    public abstract String line(Map<String, Object> fields);

    private static void write(JsonGenerator out, Object value) throws IOException {
        switch (value) {
            case Map<?, ?> map -> {
                out.writeStartObject();
                for (Map.Entry<?, ?> field : map.entrySet()) {
                    out.writeFieldName(String.valueOf(field.getKey()));
                    write(out, field.getValue());
                }
                out.writeEndObject();
            }
            case Collection<?> list -> {
                out.writeStartArray();
                for (Object item : list) {
                    write(out, item);
                }
                out.writeEndArray();
            }
            case Boolean flag -> out.writeBoolean(flag);
            case Integer number -> out.writeNumber(number);
            case Long number -> out.writeNumber(number);
            default -> out.writeString(value.toString());
        }
    }

    private static String plain(Object value) {
        if (Boolean.TRUE.equals(value) || Boolean.FALSE.equals(value)) {
            return value.toString();
        }
        if (value instanceof Map<?, ?> || value instanceof Collection<?>) {
            StringWriter json = new StringWriter();
            try (JsonGenerator out = FACTORY.createGenerator(json)) {
                write(out, value);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return json.toString();
        }
        return printable(value.toString());
    }

    /** A terminal must not obey what a producer wrote; a long body must not fill the screen. */
    public static String printable(String text) {
        StringBuilder safe = new StringBuilder(Math.min(text.length(), TEXT_LENGTH_MAX) + 4);
        for (int i = 0; i < text.length(); i++) {
            if (i == TEXT_LENGTH_MAX) {
                return safe.append("...").toString();
            }
            char c = text.charAt(i);
            switch (c) {
                case '\n' -> safe.append("\\n");
                case '\r' -> safe.append("\\r");
                case '\t' -> safe.append("\\t");
                default -> safe.append(Character.isISOControl(c) ? '?' : c);
            }
        }
        return safe.toString();
    }
}
