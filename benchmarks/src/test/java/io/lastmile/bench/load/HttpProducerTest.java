package io.lastmile.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Payload;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against an API that answers with what it was sent: how many bytes, to whom. */
class HttpProducerTest {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger requests = new AtomicInteger();
    private HttpServer api;

    @BeforeEach
    void open() throws IOException {
        api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        api.setExecutor(threads);
        api.createContext("/", this::answer);
        api.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (requests.incrementAndGet() % 10 == 0) {
            exchange.getResponseHeaders().add("Connection", "close");
        }
        String answer = body.length + " " + exchange.getRequestURI();
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(202, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @AfterEach
    void close() {
        api.stop(0);
        threads.shutdownNow();
    }

    private static CompletableFuture<Answer> post(HttpProducer producer, int bytes) {
        Payload payload = Payload.of(new byte[bytes]);
        return producer.post(new DeviceId("phone-" + bytes), payload, "text/plain");
    }

    @Test
    void everyPostHasItsAnswerThoughTheApiClosesConnections() throws Exception {
        try (HttpProducer producer = new HttpProducer(api.getAddress(), 3)) {
            List<CompletableFuture<Answer>> answers = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                answers.add(post(producer, i));
            }
            for (int i = 0; i < answers.size(); i++) {
                assertEquals(
                        new Answer(202, i + " /v1/devices/phone-" + i + "/messages"),
                        answers.get(i).get(20, TimeUnit.SECONDS));
            }
        }
    }

    @Test
    void aBodyThatTheKernelTakesInParts() throws Exception {
        int bytes = 20_000_000;
        try (HttpProducer producer = new HttpProducer(api.getAddress(), 1)) {
            String body = post(producer, bytes).get(20, TimeUnit.SECONDS).body();
            assertEquals(bytes + " /v1/devices/phone-" + bytes + "/messages", body);
        }
    }

    @Test
    void whatWaitsWhenItIsClosedFails() throws Exception {
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        try (ServerSocket silent = new ServerSocket(0, 9, InetAddress.getLoopbackAddress());
                HttpProducer producer =
                        new HttpProducer((InetSocketAddress) silent.getLocalSocketAddress(), 1)) {
            for (int i = 0; i < 5; i++) {
                answers.add(post(producer, i));
            }
        }
        for (CompletableFuture<Answer> answer : answers) {
            assertThrows(ExecutionException.class, () -> answer.get(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void whereNobodyListensEveryPostFails() throws Exception {
        InetSocketAddress nobody;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = (InetSocketAddress) free.getLocalSocketAddress();
        }
        try (HttpProducer producer = new HttpProducer(nobody, 1)) {
            for (int i = 0; i < 3; i++) {
                CompletableFuture<Answer> answer = post(producer, i);
                var failure =
                        assertThrows(
                                ExecutionException.class, () -> answer.get(20, TimeUnit.SECONDS));
                assertInstanceOf(IOException.class, failure.getCause());
            }
        }
    }

    @Test
    void aNameIsLookedUpWhenItConnects() throws Exception {
        var named = InetSocketAddress.createUnresolved("localhost", api.getAddress().getPort());
        try (HttpProducer producer = new HttpProducer(named, 1)) {
            assertEquals(202, post(producer, 3).get(10, TimeUnit.SECONDS).status());
        }
    }
}
