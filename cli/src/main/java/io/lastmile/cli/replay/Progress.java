package io.lastmile.cli.replay;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.lastmile.cli.CommandException;
import io.lastmile.node.replay.Course;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far a replay has got, in a file: all before these positions is where it is to go. Written
 * whole and then renamed, so that a kill at any moment leaves one that can be read. One thread.
 *
 * @param arguments of the command that began it
 * @param course from where to where, and how far
 */
record Progress(List<String> arguments, Course course, long messages, long bytes) {
    private static final JsonFactory JSON = new JsonFactory();

    Progress {
        arguments = List.copyOf(arguments);
    }

    /** Replaces what the file says. */
    void write(Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Path next = file.resolveSibling(file.getFileName() + ".next");
            try (JsonGenerator out = JSON.createGenerator(next.toFile(), JsonEncoding.UTF8)) {
                out.writeStartObject();
                out.writeArrayFieldStart("arguments");
                for (String argument : arguments) {
                    out.writeString(argument);
                }
                out.writeEndArray();
                write(out, "starts", course.starts());
                write(out, "positions", course.positions());
                write(out, "ends", course.ends());
                out.writeNumberField("messages", messages);
                out.writeNumberField("bytes", bytes);
                out.writeEndObject();
            }
            Files.move(
                    next,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw CommandException.failed("%s cannot be written (%s)".formatted(file, e));
        }
    }

    private static void write(JsonGenerator out, String name, Map<Integer, Long> map)
            throws IOException {
        out.writeObjectFieldStart(name);
        for (Map.Entry<Integer, Long> entry : map.entrySet()) {
            out.writeNumberField(entry.getKey().toString(), entry.getValue());
        }
        out.writeEndObject();
    }

    /**
     * What a file says.
     *
     * @throws CommandException where there is none, or another one's
     */
    static Progress read(Path file) {
        if (!Files.exists(file)) {
            throw CommandException.failed(
                    "there is no replay of that name to resume: no file " + file);
        }
        List<String> arguments = new ArrayList<>();
        Map<Integer, Long> starts = new TreeMap<>();
        Map<Integer, Long> positions = new TreeMap<>();
        Map<Integer, Long> ends = new TreeMap<>();
        long messages = 0;
        long bytes = 0;
        try (JsonParser in = JSON.createParser(file.toFile())) {
            in.nextToken();
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String name = in.currentName();
                in.nextToken();
                switch (name) {
                    case "arguments" -> {
                        while (in.nextToken() != JsonToken.END_ARRAY) {
                            arguments.add(in.getText());
                        }
                    }
                    case "starts" -> read(in, starts);
                    case "positions" -> read(in, positions);
                    case "ends" -> read(in, ends);
                    case "messages" -> messages = in.getLongValue();
                    case "bytes" -> bytes = in.getLongValue();
                    default -> in.skipChildren();
                }
            }
        } catch (IOException | NumberFormatException e) {
            throw CommandException.failed("%s cannot be read (%s)".formatted(file, e));
        }
        return new Progress(arguments, new Course(starts, positions, ends), messages, bytes);
    }

    private static void read(JsonParser in, Map<Integer, Long> into) throws IOException {
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            int partition = Integer.parseInt(in.currentName());
            in.nextToken();
            into.put(partition, in.getLongValue());
        }
    }
}
