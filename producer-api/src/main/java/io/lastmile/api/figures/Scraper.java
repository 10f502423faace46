package io.lastmile.api.figures;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Asks processes for their metrics, all at once. One thread. */
public final class Scraper implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofMillis(800);

    /** Of more processes than these the figures would take too long. */
    private static final int PROCESSES_MAX = 500;

    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(TIMEOUT)
                    .build();

    /** What they answered in time, by address; who did not is missing. */
    Map<String, String> scrape(Set<String> addresses) {
        Map<String, CompletableFuture<String>> asked = new HashMap<>();
        for (String address : addresses.stream().limit(PROCESSES_MAX).toList()) {
            try {
                asked.put(address, ask(address));
            } catch (IllegalArgumentException e) {
                asked.put(address, CompletableFuture.failedFuture(e)); // an address that is none
            }
        }
        // The client's own deadline covers the head of an answer, this one its body too.
        CompletableFuture<Void> all =
                CompletableFuture.allOf(asked.values().toArray(CompletableFuture<?>[]::new))
                        .completeOnTimeout(null, TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                        .exceptionally(_ -> null);
        all.join();
        Map<String, String> answered = new HashMap<>();
        asked.forEach((address, answer) -> {
            if (answer.state() == Future.State.SUCCESS) {
                answered.put(address, answer.resultNow());
            } else {
                answer.cancel(true);
            }
        });
        return answered;
    }

    private CompletableFuture<String> ask(String address) {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://" + address + "/metrics"))
                        .timeout(TIMEOUT)
                        .build();
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .thenApply(answer -> answer.statusCode() == 200 ? answer.body() : "");
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
