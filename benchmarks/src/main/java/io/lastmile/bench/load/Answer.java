package io.lastmile.bench.load;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.lastmile.wire.MessageId;
import java.io.IOException;

/** The API's answer to a POST. */
public record Answer(int status, String body) {
    private static final JsonFactory JSON = new JsonFactory();

    /** Whether Kafka has the message. */
    public boolean accepted() {
        return status == 202;
    }

    /**
     * The id of the accepted message.
     *
     * @throws IllegalStateException where the answer has none
     */
    public MessageId id() {
        try (JsonParser json = JSON.createParser(body)) {
            while (json.nextToken() != null) {
                if (json.currentToken() == JsonToken.FIELD_NAME
                        && json.currentName().equals("id")) {
                    return MessageId.parse(json.nextTextValue());
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("not JSON: " + status + " " + body, e);
        }
        throw new IllegalStateException("no id: " + status + " " + body);
    }
}
