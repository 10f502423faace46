package io.lastmile.cli.replay;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.lastmile.cli.CommandException;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Header;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageHeader;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Payload;
import io.lastmile.wire.record.MessageRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the lines that {@link FileTarget} writes. One thread. */
final class MessageFile implements AutoCloseable {
    private static final JsonFactory JSON = new JsonFactory();

    private final Path file;
    private final BufferedReader in;
    private long line;

    /** A message as a line has it. */
    record Line(MessageId id, long acceptedAtMs, Message message) {}

    MessageFile(Path file) {
        this.file = file;
        try {
            in = Files.newBufferedReader(file);
        } catch (IOException e) {
            throw CommandException.failed("%s cannot be read (%s)".formatted(file, e));
        }
    }

    /** How many lines a file has. */
    static long lines(Path file) {
        try (var lines = Files.lines(file)) {
            return lines.count();
        } catch (IOException | java.io.UncheckedIOException e) {
            throw CommandException.failed("%s cannot be read (%s)".formatted(file, e));
        }
    }

    /** Passes over lines that are done. */
    void skip(long lines) {
        for (long i = 0; i < lines && readLine() != null; i++) {
            line++;
        }
    }

    /**
     * The message of the next line; null at the end.
     *
     * @throws CommandException naming a line that is none
     */
    @Nullable Line next() {
        String text = readLine();
        if (text == null) {
            return null;
        }
        line++;
        try (JsonParser parser = JSON.createParser(text)) {
            return parse(parser);
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            throw CommandException.failed(
                    "%s, line %d, is no message (%s)".formatted(file, line, e.getMessage()));
        } catch (MalformedException e) {
            throw CommandException.failed(
                    "%s, line %d, is no message (%s)".formatted(file, line, e.getMessage()));
        }
    }

    private static Line parse(JsonParser in) throws IOException {
        MessageId id = null;
        long acceptedAtMs = 0;
        DeviceId device = null;
        Payload payload = Payload.EMPTY;
        List<Header> headers = new ArrayList<>();
        if (in.nextToken() != JsonToken.START_OBJECT) {
            throw new IllegalArgumentException("no JSON object");
        }
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            in.nextToken();
            switch (name) {
                case "id" -> id = MessageId.parse(in.getText());
                case "acceptedAt" -> acceptedAtMs = Instant.parse(in.getText()).toEpochMilli();
                case "device" -> device = new DeviceId(in.getText());
                case "payloadBase64" ->
                        payload = Payload.of(Base64.getDecoder().decode(in.getText()));
                case "contentType" -> add(headers, MessageHeader.CONTENT_TYPE, in.getText());
                case "ttl" -> add(headers, MessageHeader.TTL, in.getText());
                case "urgency" -> add(headers, MessageHeader.URGENCY, in.getText());
                case "collapseKey" -> add(headers, MessageHeader.COLLAPSE_KEY, in.getText());
                case "attributes" -> attributes(in, headers);
                default -> throw new IllegalArgumentException(name + " is unknown");
            }
        }
        if (id == null || device == null) {
            throw new IllegalArgumentException("id and device must be there");
        }
        return new Line(id, acceptedAtMs, MessageRecord.decode(device, payload, headers));
    }

    private static void add(List<Header> headers, MessageHeader header, String value) {
        headers.add(new Header(header.headerName(), value));
    }

    private static void attributes(JsonParser in, List<Header> headers) throws IOException {
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            in.nextToken();
            headers.add(new Header(name, in.getText()));
        }
    }

    private @Nullable String readLine() {
        try {
            return in.readLine();
        } catch (IOException e) {
            throw CommandException.failed("%s cannot be read (%s)".formatted(file, e));
        }
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw CommandException.failed("%s cannot be read (%s)".formatted(file, e));
        }
    }
}
