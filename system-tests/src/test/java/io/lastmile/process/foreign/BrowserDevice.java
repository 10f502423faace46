package io.lastmile.process.foreign;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A device that is a page in a headless Chromium and runs the bundle of mqtt.js for browsers. The
 * page comes from a server here, and posts each message back to it.
 */
final class BrowserDevice implements ForeignDevice {
    private static final String[] NAMES = {"chromium", "chromium-browser", "google-chrome"};

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final HttpServer pages;
    private @Nullable Process chromium;

    private BrowserDevice() throws IOException {
        pages = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        page("/", "text/html; charset=utf-8", MqttJs.FOLDER.resolve("page.html"));
        page("/page.js", "text/javascript", MqttJs.FOLDER.resolve("page.js"));
        page(
                "/mqtt.js",
                "text/javascript",
                MqttJs.FOLDER.resolve(Path.of("node_modules", "mqtt", "dist", "mqtt.min.js")));
        pages.createContext("/told", this::told);
        pages.start();
    }

    /** Why it cannot be used here, or null where it can. */
    static @Nullable String missing() {
        return Programs.find(NAMES).isEmpty() ? "chromium is not installed" : MqttJs.missing();
    }

    static ForeignDevice connect(int protocolVersion, EdgeUrl edge, Inbox inbox)
            throws IOException {
        BrowserDevice device = new BrowserDevice();
        try {
            String url = edge.text("mqtt", "mqtts");
            device.open(url, inbox, protocolVersion);
        } catch (IOException e) {
            device.close();
            throw e;
        }
        return device;
    }

    private void open(String url, Inbox inbox, int protocolVersion) throws IOException {
        String asked =
                Stream.of(url, inbox.device(), inbox.filter(), inbox.qos(), protocolVersion)
                        .map(word -> URLEncoder.encode(word.toString(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("/"));
        Path program = Programs.find(NAMES).orElseThrow();
        Path profile = Files.createTempDirectory(MqttJs.FOLDER, "profile");
        chromium =
                new ProcessBuilder(
                                program.toString(),
                                "--headless",
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-dev-shm-usage",
                                "--no-first-run",
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--user-data-dir=" + profile,
                                "--remote-debugging-port=0",
                                "http://127.0.0.1:" + pages.getAddress().getPort() + "/#" + asked)
                        .redirectErrorStream(true)
                        .redirectOutput(profile.resolve("chromium.out").toFile())
                        .start();
    }

    private void page(String path, String contentType, Path file) {
        pages.createContext(
                path,
                exchange -> {
                    byte[] bytes = Files.readAllBytes(file);
                    exchange.getResponseHeaders().set("Content-Type", contentType);
                    exchange.sendResponseHeaders(200, bytes.length);
                    exchange.getResponseBody().write(bytes);
                    exchange.close();
                });
    }

    private void told(HttpExchange exchange) throws IOException {
        told.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        exchange.sendResponseHeaders(204, -1);
        exchange.close();
    }

    @Override
    public Arrival next() throws InterruptedException {
        return MqttJs.arrival(ForeignDevice.within(told.poll(WAIT_SECONDS, TimeUnit.SECONDS)));
    }

    @Override
    public void close() {
        Process browser = chromium;
        if (browser != null) {
            browser.descendants().forEach(ProcessHandle::destroyForcibly);
            browser.destroyForcibly();
        }
        pages.stop(0);
    }
}
