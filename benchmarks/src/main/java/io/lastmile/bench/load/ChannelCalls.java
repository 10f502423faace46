package io.lastmile.bench.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lastmile.wire.BroadcastId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What an API is asked about one channel. One request at a time. */
public final class ChannelCalls implements AutoCloseable {
    private static final Duration ANSWERED_WITHIN = Duration.ofMinutes(5);
    private static final int JOINS_MAX = 10;
    private static final int OK = 200;
    private static final int ACCEPTED = 202;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String api;
    private final String channel;

    /** A channel, of that name. */
    public ChannelCalls(InetSocketAddress api, String channel) {
        this.api = "http://" + api.getHostString() + ":" + api.getPort();
        this.channel = this.api + "/v1/channels/" + channel;
    }

    /** Has so many devices join it in lines of JSON; what is refused is posted once more. */
    public void join(int devices) throws IOException, InterruptedException {
        List<String> lines = new ArrayList<>(devices);
        for (int device = 0; device < devices; device++) {
            lines.add("{\"device\":\"" + DeviceName.of(device) + "\"}");
        }
        String refusal = "";
        for (int i = 0; i < JOINS_MAX && !lines.isEmpty(); i++) {
            List<String> answers = join(lines);
            List<String> refused = new ArrayList<>();
            for (int line = 0; line < lines.size(); line++) {
                String answer = line < answers.size() ? answers.get(line) : "no answer";
                if (!answer.contains("\"joining\"")) {
                    refused.add(lines.get(line));
                    refusal = answer;
                }
            }
            lines = refused;
        }
        if (!lines.isEmpty()) {
            throw new IOException(lines.size() + " devices do not join: " + refusal);
        }
    }

    private List<String> join(List<String> lines) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(channel + "/devices"))
                        .timeout(ANSWERED_WITHIN)
                        .header("Content-Type", "application/x-ndjson")
                        .POST(BodyPublishers.ofString(String.join("\n", lines)))
                        .build();
        HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
        if (answer.statusCode() != OK) {
            throw new IOException("not taken: " + answer.statusCode() + " " + answer.body());
        }
        return answer.body().lines().toList();
    }

    /** How many members it has. */
    public long members() {
        try {
            return get(channel).path("members").asLong();
        } catch (IOException e) {
            return 0; // nobody has joined as far as its owners have read
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Broadcasts to it. */
    public BroadcastId broadcast(byte[] payload) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(channel + "/messages"))
                        .timeout(ANSWERED_WITHIN)
                        .header("Content-Type", "application/octet-stream")
                        .POST(BodyPublishers.ofByteArray(payload))
                        .build();
        HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
        if (answer.statusCode() != ACCEPTED) {
            throw new IOException("not taken: " + answer.statusCode() + " " + answer.body());
        }
        return BroadcastId.parse(JSON.readTree(answer.body()).path("id").asText());
    }

    /** How a broadcast stands. */
    public JsonNode standing(BroadcastId id) throws IOException, InterruptedException {
        return get(api + "/v1/broadcasts/" + id);
    }

    private JsonNode get(String url) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url)).timeout(ANSWERED_WITHIN).build();
        HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
        if (answer.statusCode() != OK) {
            throw new IOException(url + ": " + answer.statusCode() + " " + answer.body());
        }
        return JSON.readTree(answer.body());
    }

    @Override
    public void close() {
        client.close();
    }
}
