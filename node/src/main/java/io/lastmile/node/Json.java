package io.lastmile.node;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** JSON texts, written field by field. */
public final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();

    private Json() {}

    /** Writes fields into an object that is already begun. */
    @FunctionalInterface
    public interface Fields {
        /** Writes them. */
        void writeTo(JsonGenerator json) throws IOException;
    }

    /** The text of an object, and these fields at its end. */
    public static String with(String object, Fields more) {
        String begun = object.strip();
        String added = object(more);
        String comma = begun.equals("{}") ? "" : ",";
        return begun.substring(0, begun.length() - 1) + comma + added.substring(1);
    }

    /** The text of an object with these fields, on one line. */
    public static String object(Fields fields) {
        StringWriter out = new StringWriter(256);
        try (JsonGenerator json = FACTORY.createGenerator(out)) {
            json.writeStartObject();
            fields.writeTo(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return out.toString();
    }
}
