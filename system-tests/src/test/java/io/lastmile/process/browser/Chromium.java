package io.lastmile.process.browser;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lastmile.process.foreign.Programs;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A headless Chromium of this machine, spoken to in the DevTools protocol. */
public final class Chromium implements AutoCloseable {
    private static final int START_SECONDS_MAX = 60;
    private static final int ANSWER_SECONDS_MAX = 30;
    private static final String LISTENING = "DevTools listening on ";

    private final ObjectMapper json = new ObjectMapper();
    private final AtomicInteger calls = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> asked = new ConcurrentHashMap<>();
    private final Map<String, Consumer<JsonNode>> pages = new ConcurrentHashMap<>();
    private final HttpClient client = HttpClient.newHttpClient();
    private final Process process;
    private final WebSocket socket;

    private Chromium(Path executable, Path profile) throws Exception {
        process =
                new ProcessBuilder(
                                executable.toString(),
                                "--headless=new",
                                "--no-sandbox", // tests may run as root, and load our pages only
                                "--disable-gpu",
                                "--disable-dev-shm-usage",
                                "--disable-background-networking",
                                "--no-first-run",
                                "--hide-scrollbars",
                                "--force-color-profile=srgb",
                                "--remote-debugging-port=0",
                                "--user-data-dir=" + profile,
                                "about:blank")
                        .redirectErrorStream(true)
                        .start();
        CompletableFuture<String> address = new CompletableFuture<>();
        Thread.ofPlatform().name("chromium-output").daemon().start(() -> read(address));
        socket =
                client.newWebSocketBuilder()
                        .buildAsync(
                                URI.create(address.get(START_SECONDS_MAX, TimeUnit.SECONDS)),
                                new Listener())
                        .get(ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
    }

    /** The browser of this machine, if it has one. */
    public static Optional<Path> installed() {
        return Programs.find("chromium", "chromium-browser", "google-chrome");
    }

    /**
     * Starts it.
     *
     * @param profile an empty folder
     */
    public static Chromium start(Path executable, Path profile) throws Exception {
        return new Chromium(executable, profile);
    }

    private void read(CompletableFuture<String> address) {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.startsWith(LISTENING)) {
                    address.complete(line.substring(LISTENING.length()));
                }
            }
        } catch (IOException e) {
            address.completeExceptionally(e);
        }
        address.completeExceptionally(new IOException("the browser ended"));
    }

    /** A new, empty page. */
    public Page page() throws Exception {
        String target =
                call(null, "Target.createTarget", Map.of("url", "about:blank"))
                        .path("targetId")
                        .asText();
        String session =
                call(null, "Target.attachToTarget", Map.of("targetId", target, "flatten", true))
                        .path("sessionId")
                        .asText();
        Page page = new Page((method, parameters) -> call(session, method, parameters));
        pages.put(session, page::on);
        for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
            call(session, domain + ".enable", Map.of());
        }
        return page;
    }

    private JsonNode call(@Nullable String session, String method, Map<String, ?> parameters)
            throws Exception {
        int id = calls.incrementAndGet();
        ObjectNode message = json.createObjectNode().put("id", id).put("method", method);
        message.set("params", json.valueToTree(parameters));
        if (session != null) {
            message.put("sessionId", session);
        }
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        asked.put(id, answer);
        var _ = socket.sendText(message.toString(), true).get(ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
        return answer.get(ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
    }

    private void on(JsonNode message) {
        CompletableFuture<JsonNode> answer =
                message.has("id") ? asked.remove(message.path("id").asInt()) : null;
        if (answer != null && message.has("error")) {
            answer.completeExceptionally(new IOException(message.path("error").toString()));
        } else if (answer != null) {
            answer.complete(message.path("result"));
        } else {
            pages.getOrDefault(message.path("sessionId").asText(), _ -> {}).accept(message);
        }
    }

    /** Puts the parts of a message together. */
    private final class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(
                WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                try {
                    on(json.readTree(text.toString()));
                } catch (IOException e) {
                    throw new AssertionError("not JSON: " + text, e);
                }
                text.setLength(0);
            }
            from.request(1);
            return null;
        }
    }

    @Override
    public void close() {
        socket.abort();
        client.shutdownNow();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
