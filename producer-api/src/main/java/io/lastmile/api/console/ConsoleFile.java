package io.lastmile.api.console;

import io.lastmile.node.HttpAnswer;
import io.lastmile.node.HttpRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A file of the console as a browser gets it. They are few and small, and none comes from anywhere
 * else: the page works without any other network than the one to the API.
 */
public final class ConsoleFile {
    private static final String CONTENT_SECURITY_POLICY = "Content-Security-Policy";
    private static final String CONTENT_TYPE_OPTIONS = "X-Content-Type-Options";
    private static final String REFERRER_POLICY = "Referrer-Policy";
    private static final String ONLY_FROM_HERE =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none';"
                    + " frame-ancestors 'none'";

    private static final String PAGE = "index.html";
    private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/dist/";
    private static final Map<String, ConsoleFile> ALL = all();

    private final String type;
    private final byte[] content;
    private final String tag;

    private ConsoleFile(String type, byte[] content) {
        this.type = type;
        this.content = content;
        tag = '"' + hash(content) + '"';
    }

    private static Map<String, ConsoleFile> all() {
        Map<String, ConsoleFile> files = new TreeMap<>();
        files.put(PAGE, new ConsoleFile("text/html; charset=utf-8", bytes(PAGE)));
        files.put("icon.svg", new ConsoleFile("image/svg+xml", bytes("icon.svg")));
        files.put("style.css", style("style.css"));
        files.put("uplot.css", style(UPLOT + "uPlot.min.css"));
        files.put("uplot.js", script(UPLOT + "uPlot.iife.min.js"));
        List<String> modules =
                List.of(
                        "app",
                        "api",
                        "broadcasts",
                        "chart",
                        "device",
                        "dom",
                        "figures",
                        "format",
                        "life",
                        "message",
                        "nodes",
                        "overview",
                        "send",
                        "replay");
        modules.forEach(module -> files.put(module + ".js", script(module + ".js")));
        return files;
    }

    private static ConsoleFile style(String resource) {
        return new ConsoleFile("text/css; charset=utf-8", bytes(resource));
    }

    private static ConsoleFile script(String resource) {
        return new ConsoleFile("text/javascript; charset=utf-8", bytes(resource));
    }

    private static byte[] bytes(String resource) {
        try (InputStream in = ConsoleFile.class.getResourceAsStream(resource)) {
            return Objects.requireNonNull(in, resource).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hash(byte[] content) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    /** The page itself, which asks for the others. */
    public static ConsoleFile page() {
        return Objects.requireNonNull(ALL.get(PAGE));
    }

    /** The file of that name. */
    public static Optional<ConsoleFile> of(String name) {
        return Optional.ofNullable(ALL.get(name));
    }

    /** Answers with it, or that the browser has it already. */
    public void send(HttpRequest request, HttpAnswer answer) {
        answer.header("ETag", tag)
                .header("Cache-Control", "no-cache") // keep it, and ask each time
                .header(CONTENT_SECURITY_POLICY, ONLY_FROM_HERE)
                .header(CONTENT_TYPE_OPTIONS, "nosniff")
                .header(REFERRER_POLICY, "no-referrer");
        if (request.header("If-None-Match").contains(tag)) {
            answer.status(304).send();
        } else {
            answer.type(type).send(content);
        }
    }
}
