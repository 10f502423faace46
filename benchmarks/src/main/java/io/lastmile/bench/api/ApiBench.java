package io.lastmile.bench.api;

import io.lastmile.bench.BenchResult;
import io.lastmile.bench.Figure;
import io.lastmile.bench.Medians;
import io.lastmile.bench.load.DeviceName;
import io.lastmile.bench.load.LineAnswers;
import io.lastmile.bench.load.LineStream;
import io.lastmile.bench.load.MessageLines;
import io.lastmile.bench.load.NumberedPayload;
import io.lastmile.bench.load.PlainProducer;
import io.lastmile.bench.load.PostConnection;
import io.lastmile.bench.process.Deployment;
import io.lastmile.bench.process.JavaLaunch;
import io.lastmile.bench.process.ServerProcess;
import io.lastmile.wire.MessageId;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many messages a second the API takes, one a request and by lines of JSON, beside a plain
 * producer on the same broker that waits for each answer, and one that gathers batches: all four in
 * turn, round after round.
 */
public final class ApiBench {
    private static final int DEVICES = 10_000;
    private static final String TOPIC = "bench.bare";
    private static final int LINES_AT_ONCE = 100;

    private final ApiOptions options;
    private final PrintWriter out;
    private final byte[] payload;

    /**
     * A run of the benchmark.
     *
     * @param out where its progress goes
     */
    public ApiBench(ApiOptions options, PrintWriter out) {
        this.options = options;
        this.out = out;
        payload = new byte[options.payloadBytes()];
        new Random(1).nextBytes(payload);
    }

    /** A phase: how many messages were confirmed in so many seconds. */
    @FunctionalInterface
    private interface Phase {
        long run(int seconds) throws Exception;
    }

    /**
     * Starts what it needs in a folder, measures, and ends it.
     *
     * @param folder empty; what the processes write is left in it
     */
    public BenchResult run(Path folder) throws Exception {
        List<String> common =
                List.of(
                        "--kafka.partitions=" + options.partitions(),
                        "--kafka.single-replica=true",
                        "--log.level=warn");
        JavaLaunch java = JavaLaunch.likeThisProcess("-Xmx1g");
        try (Deployment deployment = new Deployment(java, folder, common)) {
            say("starting Kafka and an API as processes in " + folder);
            ServerProcess kafka = deployment.kafka().start();
            String bootstrap = Deployment.bootstrap(List.of(kafka));
            ServerProcess api = deployment.api("api", bootstrap);
            Deployment.startAll(api);
            PlainProducer.makeTopic(bootstrap, TOPIC, options.partitions());
            try (PlainProducer prompt = PlainProducer.prompt(bootstrap, TOPIC);
                    PlainProducer batching = PlainProducer.batching(bootstrap, TOPIC)) {
                return measure(api.address("api.port"), prompt, batching);
            }
        }
    }

    private BenchResult measure(InetSocketAddress api, PlainProducer prompt, PlainProducer batching)
            throws Exception {
        Map<Figure, Phase> phases = new EnumMap<>(Figure.class);
        phases.put(Figure.POSTS, seconds -> posts(api, seconds));
        phases.put(Figure.BARE_SYNC_SENDS, seconds -> syncSends(prompt, seconds));
        phases.put(Figure.LINES, seconds -> lines(api, seconds));
        phases.put(Figure.BARE_BATCHED_SENDS, seconds -> batchedSends(batching, seconds));
        Medians rates = new Medians();
        for (int round = 0; round <= options.rounds(); round++) {
            for (Map.Entry<Figure, Phase> phase : phases.entrySet()) {
                long beganNs = System.nanoTime();
                long count = phase.getValue().run(options.seconds());
                double rate = count / ((System.nanoTime() - beganNs) / 1e9);
                String name = round == 0 ? "warm-up" : "round " + round + "/" + options.rounds();
                say("%s: %s %,.0f".formatted(name, phase.getKey().label(), rate));
                if (round > 0) {
                    rates.add(phase.getKey(), rate);
                }
            }
        }
        Map<Figure, Double> figures = rates.figures();
        ratio(figures, Figure.POSTS, Figure.BARE_SYNC_SENDS, Figure.POSTS_RATIO);
        ratio(figures, Figure.LINES, Figure.BARE_BATCHED_SENDS, Figure.LINES_RATIO);
        return new BenchResult("api", options.asSettings(), figures);
    }

    private static void ratio(Map<Figure, Double> figures, Figure of, Figure to, Figure ratio) {
        figures.put(ratio, figures.getOrDefault(of, 0.0) / figures.getOrDefault(to, 1.0));
    }

    private static int device() {
        return ThreadLocalRandom.current().nextInt(DEVICES);
    }

    private long posts(InetSocketAddress api, int seconds) throws Exception {
        return inParallel(
                options.connections(),
                seconds,
                untilNs -> {
                    long accepted = 0;
                    try (PostConnection connection = new PostConnection(api)) {
                        while (System.nanoTime() < untilNs) {
                            byte[] request = connection.request(DeviceName.of(device()), payload);
                            accepted += connection.post(request) == PostConnection.ACCEPTED ? 1 : 0;
                        }
                    }
                    return accepted;
                });
    }

    private long syncSends(PlainProducer producer, int seconds) throws Exception {
        return inParallel(
                options.connections(),
                seconds,
                untilNs -> {
                    long sent = 0;
                    while (System.nanoTime() < untilNs) {
                        producer.sendAndWait(device(), payload);
                        sent++;
                    }
                    return sent;
                });
    }

    private long lines(InetSocketAddress api, int seconds) throws Exception {
        return inParallel(
                options.streams(),
                seconds,
                untilNs -> {
                    LongAdder accepted = new LongAdder();
                    try (LineStream stream = new LineStream(api);
                            ExecutorService reader = Executors.newVirtualThreadPerTaskExecutor()) {
                        Future<?> answered =
                                reader.submit(() -> {
                                    stream.readAnswers(counting(accepted));
                                    return null;
                                });
                        writeLines(stream, untilNs);
                        answered.get(60, TimeUnit.SECONDS);
                    }
                    return accepted.sum();
                });
    }

    private static LineAnswers.Told counting(LongAdder accepted) {
        return new LineAnswers.Told() {
            @Override
            public void accepted(MessageId id) {
                accepted.increment();
            }

            @Override
            public void refused(String answer) {}
        };
    }

    private void writeLines(LineStream stream, long untilNs) throws IOException {
        var lines = new MessageLines(new NumberedPayload(options.payloadBytes()), LINES_AT_ONCE);
        while (System.nanoTime() < untilNs) {
            lines.clear();
            for (int i = 0; i < LINES_AT_ONCE; i++) {
                lines.add(device(), i);
            }
            stream.write(lines);
        }
        stream.end();
    }

    private long batchedSends(PlainProducer producer, int seconds) {
        LongAdder answered = new LongAdder();
        long untilNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (System.nanoTime() < untilNs) {
            producer.send(device(), payload, answered);
        }
        producer.flush();
        return answered.sum();
    }

    /** What each of the parallel parts does until a time: how many messages were confirmed. */
    @FunctionalInterface
    private interface Part {
        long until(long untilNs) throws Exception;
    }

    private static long inParallel(int count, int seconds, Part part) throws Exception {
        long untilNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Long>> parts = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                parts.add(() -> part.until(untilNs));
            }
            long sum = 0;
            for (Future<Long> done : threads.invokeAll(parts)) {
                sum += done.get();
            }
            return sum;
        }
    }

    private void say(String line) {
        out.println(line);
        out.flush();
    }
}
