package io.lastmile.process.browser;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;

/** A page of the browser. */
public final class Page {
    private static final Duration WITHIN = Duration.ofSeconds(30);

    private final Calls calls;
    private final List<String> problems = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    /** What can be said to the page. */
    @FunctionalInterface
    interface Calls {
        JsonNode call(String method, Map<String, ?> parameters) throws Exception;
    }

    Page(Calls calls) {
        this.calls = calls;
    }

    void on(JsonNode event) {
        JsonNode about = event.path("params");
        switch (event.path("method").asText()) {
            case "Runtime.exceptionThrown" -> problems.add(about.toString());
            case "Runtime.consoleAPICalled" -> {
                if (!about.path("type").asText().equals("log")) {
                    problems.add(about.toString());
                }
            }
            case "Log.entryAdded" -> problems.add(about.path("entry").toString());
            case "Network.requestWillBeSent" ->
                    requests.add(about.path("request").path("url").asText());
            default -> {}
        }
    }

    /** Errors and warnings on the console, and whatever was thrown. */
    public List<String> problems() {
        return problems;
    }

    /** Every address that was asked. */
    public List<String> requests() {
        return requests;
    }

    public void open(String url) throws Exception {
        calls.call("Page.navigate", Map.of("url", url));
    }

    /** The value of an expression. */
    public JsonNode value(String expression) throws Exception {
        JsonNode answer =
                calls.call(
                        "Runtime.evaluate",
                        Map.of(
                                "expression",
                                expression,
                                "returnByValue",
                                true,
                                "awaitPromise",
                                true));
        if (answer.has("exceptionDetails")) {
            throw new AssertionError(expression + ": " + answer.path("exceptionDetails"));
        }
        return answer.path("result").path("value");
    }

    public String text(String selector) throws Exception {
        return value("document.querySelector('%s')?.textContent ?? ''".formatted(selector))
                .asText();
    }

    /** Waits until an expression is true. */
    public void waitFor(String expression) {
        Awaitility.await()
                .alias(expression)
                .atMost(WITHIN)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> value("Boolean(" + expression + ")").asBoolean());
    }

    /** Waits until something is there. */
    public void waitForElement(String selector) {
        waitFor("document.querySelector('%s')".formatted(selector));
    }

    /** Puts text into a field as if somebody typed it. */
    public void type(String selector, String text) throws Exception {
        value(
                """
                (() => {
                  const field = document.querySelector('%s');
                  field.focus();
                  field.value = '%s';
                  field.dispatchEvent(new Event('input', { bubbles: true }));
                })()
                """
                        .formatted(selector, text));
    }

    public void click(String selector) throws Exception {
        value("document.querySelector('%s').click()".formatted(selector));
    }

    /** A window of that size; a narrow one is a phone's. */
    public void size(int width, int height) throws Exception {
        calls.call(
                "Emulation.setDeviceMetricsOverride",
                Map.of(
                        "width",
                        width,
                        "height",
                        height,
                        "deviceScaleFactor",
                        1,
                        "mobile",
                        width < 600));
    }

    /** As people who like it dark have it. */
    public void dark(boolean dark) throws Exception {
        calls.call(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        List.of(
                                Map.of(
                                        "name",
                                        "prefers-color-scheme",
                                        "value",
                                        dark ? "dark" : "light"))));
    }

    /** What is to be seen, as PNG. */
    public void picture(Path file) throws Exception {
        JsonNode taken = calls.call("Page.captureScreenshot", Map.of("format", "png"));
        Files.createDirectories(file.getParent());
        Files.write(file, Base64.getDecoder().decode(taken.path("data").asText()));
    }
}
