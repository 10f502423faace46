package io.lastmile.api.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.lastmile.wire.MessageId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The plain values of an object that another node of ours wrote, by name. */
final class JsonFields {
    private static final JsonFactory FACTORY = new JsonFactory();

    /** The answer, its list, the message. */
    private static final int MESSAGE_DEPTH = 3;

    private JsonFields() {}

    /**
     * The ids of an owner's list of messages.
     *
     * @throws UncheckedIOException where it is no such list
     */
    static List<MessageId> messageIds(String json) {
        List<MessageId> ids = new ArrayList<>();
        try (JsonParser parser = FACTORY.createParser(json)) {
            int depth = 0;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                boolean isOfMessage = depth == MESSAGE_DEPTH && token == JsonToken.VALUE_STRING;
                if (isOfMessage && "id".equals(parser.currentName())) {
                    ids.add(MessageId.parse(parser.getText()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ids;
    }

    /**
     * Numbers and truth values as their text; objects and arrays are left out.
     *
     * @throws UncheckedIOException where it is no object
     */
    static Map<String, String> of(String json) {
        Map<String, String> fields = new LinkedHashMap<>();
        try (JsonParser parser = FACTORY.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("not an object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (value != null && value.isScalarValue()) {
                    fields.put(name, parser.getText());
                } else {
                    parser.skipChildren();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return fields;
    }
}
