package io.lastmile.cli.channels;

import io.lastmile.cli.CommandException;
import io.lastmile.node.JsonTree;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Calls of the API; what it refuses ends the command with its words. One thread. */
final class ApiCalls implements AutoCloseable {
    private static final Duration WITHIN = Duration.ofSeconds(30);
    private static final int ERRORS = 400;

    private final URI url;
    private final String key;
    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(5))
                    .build();

    ApiCalls(URI url, String key) {
        this.url = url;
        this.key = key;
    }

    private HttpRequest.Builder to(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path));
        if (!key.isEmpty()) {
            request.header("Authorization", "Bearer " + key);
        }
        return request;
    }

    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> body) {
        try {
            return client.send(request, body);
        } catch (IOException e) {
            throw CommandException.failed(
                    "no API answers at %s (%s): is it running? (--api URL)".formatted(url, e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandException.failed("interrupted");
        }
    }

    /** The answer to a request without a body. */
    String text(String method, String path) {
        HttpRequest request =
                to(path).timeout(WITHIN).method(method, BodyPublishers.noBody()).build();
        return checked(send(request, BodyHandlers.ofString()));
    }

    /** What is at a path. */
    JsonTree get(String path) {
        return tree(text("GET", path));
    }

    /** The answers to lines of JSON, one for each. */
    List<String> post(String path, String lines) {
        HttpRequest request =
                to(path).header("Content-Type", "application/x-ndjson")
                        .timeout(WITHIN)
                        .POST(BodyPublishers.ofString(lines))
                        .build();
        return checked(send(request, BodyHandlers.ofString())).lines().toList();
    }

    /** The lines of a stream of events, until it ends. */
    BufferedReader stream(String path) {
        HttpResponse<InputStream> answer = send(to(path).build(), BodyHandlers.ofInputStream());
        if (answer.statusCode() >= ERRORS) {
            try (InputStream body = answer.body()) {
                String text = new String(body.readAllBytes(), StandardCharsets.UTF_8);
                throw refused(answer.statusCode(), text);
            } catch (IOException e) {
                throw refused(answer.statusCode(), "");
            }
        }
        return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    }

    private static String checked(HttpResponse<String> answer) {
        if (answer.statusCode() >= ERRORS) {
            throw refused(answer.statusCode(), answer.body());
        }
        return answer.body();
    }

    private static CommandException refused(int status, String body) {
        String detail = body;
        try {
            detail = JsonTree.of(body).text("detail");
        } catch (IOException e) {
            // of a proxy: in its own words
        }
        return CommandException.failed("the API answers %d: %s".formatted(status, detail));
    }

    /** What a text of the API says. */
    static JsonTree tree(String json) {
        try {
            return JsonTree.of(json);
        } catch (IOException e) {
            throw CommandException.failed("the API answers what is no JSON: " + json);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
