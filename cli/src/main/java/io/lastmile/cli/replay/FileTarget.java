package io.lastmile.cli.replay;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.lastmile.cli.CommandException;
import io.lastmile.cli.output.Fields;
import io.lastmile.node.replay.Target;
import io.lastmile.wire.Header;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/** Writes messages as JSON, one a line, in the words of the API's batches, and id and time. */
final class FileTarget implements Target {
    private static final JsonFactory JSON =
            new JsonFactory().disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);

    private final Path file;
    private final BufferedWriter out;

    FileTarget(Path file) {
        this.file = file;
        try {
            out = Files.newBufferedWriter(file);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private CommandException failed(IOException e) {
        return CommandException.failed("%s cannot be written (%s)".formatted(file, e));
    }

    @Override
    public void add(MessageId id, long acceptedAtMs, Message copy) {
        try {
            write(out, id, acceptedAtMs, copy);
            out.write('\n');
        } catch (IOException e) {
            throw failed(e);
        }
    }

    static void write(Writer out, MessageId id, long acceptedAtMs, Message copy)
            throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("id", id.toString());
            json.writeStringField("acceptedAt", Fields.iso(acceptedAtMs));
            json.writeStringField("device", copy.device().value());
            json.writeStringField(
                    "payloadBase64", Base64.getEncoder().encodeToString(copy.payload().bytes()));
            if (copy.contentType() != null) {
                json.writeStringField("contentType", copy.contentType());
            }
            if (copy.ttlSeconds() != Message.ABSENT) {
                json.writeNumberField("ttl", copy.ttlSeconds());
            }
            json.writeStringField("urgency", copy.urgency().label());
            if (copy.collapseKey() != null) {
                json.writeStringField("collapseKey", copy.collapseKey());
            }
            if (!copy.attributes().isEmpty()) {
                json.writeObjectFieldStart("attributes");
                for (Header attribute : copy.attributes()) {
                    json.writeStringField(attribute.name(), attribute.value());
                }
                json.writeEndObject();
            }
            json.writeEndObject();
        }
    }

    @Override
    public void settle() {
        try {
            out.flush();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw failed(e);
        }
    }
}
