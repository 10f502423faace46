package io.lastmile.process;

import io.lastmile.bench.load.Answer;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.stream.Stream;

/** The API as a caller with the JDK's own client sees it. */
final class ApiCalls {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final String base;

    ApiCalls(int port) {
        base = "http://127.0.0.1:" + port;
    }

    /** Posts a message that has to be accepted: its id. */
    MessageId accepted(DeviceId device, String payload) {
        HttpResponse<String> answer = post(device.value(), payload);
        if (answer.statusCode() != 202) {
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        }
        return new Answer(202, answer.body()).id();
    }

    HttpResponse<String> post(String device, String payload) {
        return send(
                request("/v1/devices/" + device + "/messages")
                        .header("Content-Type", "text/plain")
                        .POST(HttpRequest.BodyPublishers.ofString(payload)));
    }

    HttpResponse<String> ask(String path) {
        return send(request(path).GET());
    }

    HttpResponse<String> delete(String path) {
        return send(request(path).DELETE());
    }

    HttpResponse<String> put(String path) {
        return send(request(path).PUT(HttpRequest.BodyPublishers.noBody()));
    }

    HttpResponse<String> postNothing(String path) {
        return send(request(path).POST(HttpRequest.BodyPublishers.noBody()));
    }

    HttpResponse<String> postJson(String path, String body) {
        return send(
                request(path)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    HttpResponse<String> postLines(String path, String lines) {
        return send(
                request(path)
                        .header("Content-Type", "application/x-ndjson")
                        .POST(HttpRequest.BodyPublishers.ofString(lines)));
    }

    /** Posts to a channel, and has to be accepted: the id of the broadcast. */
    String broadcast(String channel, String payload, String receipts) {
        HttpResponse<String> answer =
                send(
                        request("/v1/channels/" + channel + "/messages")
                                .header("Content-Type", "text/plain")
                                .header("Receipts", receipts)
                                .POST(HttpRequest.BodyPublishers.ofString(payload)));
        if (answer.statusCode() != 202) {
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        }
        return answer.body().replaceFirst("(?s).*\"id\":\"(b[0-9]+)\".*", "$1");
    }

    /** Lines as they come. */
    Stream<String> stream(String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + path)).build();
        return send(request, HttpResponse.BodyHandlers.ofLines()).body();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base + path)).timeout(TIMEOUT);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) {
        return send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static <T> HttpResponse<T> send(
            HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            return CLIENT.send(request, handler);
        } catch (IOException e) {
            throw new AssertionError("no answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
