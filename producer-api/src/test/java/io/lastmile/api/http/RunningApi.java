package io.lastmile.api.http;

import io.lastmile.api.figures.FigureFeed;
import io.lastmile.api.kafka.BroadcastLog;
import io.lastmile.api.kafka.MessageSender;
import io.lastmile.api.kafka.ReceiptFeeds;
import io.lastmile.api.kafka.Replays;
import io.lastmile.api.kafka.Traces;
import io.lastmile.node.Clock;
import io.lastmile.node.HttpListener;
import io.lastmile.node.Metrics;
import io.lastmile.node.Settings;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.node.kafka.NodesView.Seen;
import io.lastmile.node.replay.Target;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Message;
import io.lastmile.wire.record.NodeRecord.Heartbeat;
import io.lastmile.wire.record.RevocationRecord;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The API on a real port, with a Kafka that a test plays. */
final class RunningApi implements AutoCloseable {
    static final int PARTITIONS = 16;
    static final int PAYLOAD_BYTES_MAX = 1_000;
    static final int BATCH_DEVICES_MAX = 3;
    static final int RECEIPT_STREAMS_MAX = 1;
    static final int IN_FLIGHT_BYTES_MAX = 512_000;

    final MockProducer<byte[], byte[]> kafka;
    final Map<Incarnation, Seen> nodes = new ConcurrentSkipListMap<>();
    final Metrics metrics = new Metrics();
    final Admission admission = new Admission(1_000, IN_FLIGHT_BYTES_MAX);
    final MockConsumer<byte[], byte[]> receipts = new MockConsumer<>("earliest");
    private final ReceiptStreams receiptStreams =
            new ReceiptStreams(
                    new ReceiptFeeds(
                            () -> receipts,
                            "lastmile.receipts",
                            PARTITIONS,
                            Duration.ofMillis(200),
                            new Metrics()),
                    RECEIPT_STREAMS_MAX,
                    Clock.system());
    volatile boolean topicsAway;
    volatile boolean hasMoreToCome;
    volatile boolean isTargetBroken;
    private final Traces traces =
            new Traces(
                    KafkaSettings.from(
                            Settings.of(Map.of("kafka.partitions", Integer.toString(PARTITIONS)))),
                    this::topics,
                    () -> new TracedTopics(PARTITIONS).withWhatIsHeldBack(),
                    Map::of,
                    device -> revocation(device),
                    new Metrics().tasks());
    private final FigureFeed figures =
            new FigureFeed(
                    () -> nodes,
                    Set::of,
                    _ -> Map.of(),
                    Duration.ofSeconds(10),
                    Clock.system(),
                    new Metrics().tasks());
    final BlockingQueue<Message> replayed = new LinkedBlockingQueue<>();
    private final Replays replays =
            new Replays(
                    KafkaSettings.from(
                            Settings.of(Map.of("kafka.partitions", Integer.toString(PARTITIONS)))),
                    this::topics,
                    this::target,
                    Clock.system());
    private final StateQueries stateQueries;
    private final Broadcasts broadcasts;
    private final HttpListener listener;
    private final HttpClient client = HttpClient.newHttpClient();

    RunningApi(boolean kafkaAnswers) {
        this(kafkaAnswers, new Access(null, Clock.system()));
    }

    final Map<DeviceId, RevocationRecord> revoked = new ConcurrentHashMap<>();

    RunningApi(boolean kafkaAnswers, Access access) {
        this(kafkaAnswers, access, Cors.NONE);
    }

    RunningApi(boolean kafkaAnswers, Access access, Cors cors) {
        kafka =
                new MockProducer<>(
                        cluster(),
                        kafkaAnswers,
                        null,
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
        MessageSender sender =
                new MessageSender(
                        kafka,
                        topic -> topic.under("lastmile."),
                        PARTITIONS,
                        Duration.ofMillis(200),
                        Duration.ofMinutes(10),
                        Clock.system(),
                        metrics);
        stateQueries =
                new StateQueries(
                        new Owners(this::heartbeats), PARTITIONS, "s3cr3t", Duration.ofSeconds(1));
        broadcasts = new Broadcasts(stateQueries, new BroadcastLog(traces));
        listener =
                new HttpListener(
                        "api.port",
                        "127.0.0.1",
                        0,
                        new ApiHttp(
                                new ApiHttp.Entrance(access, cors, admission),
                                new ApiHttp.Posting(sender, PAYLOAD_BYTES_MAX, BATCH_DEVICES_MAX),
                                new ApiHttp.Sources(
                                        stateQueries, () -> nodes, receiptStreams, broadcasts),
                                new Views(
                                        new TracePages(traces, true, Clock.system()),
                                        new FigureStreams(figures),
                                        true),
                                new Revocations(
                                        sender, this::revocation, revoked::size, 2, Clock.system()),
                                new ReplayPages(replays, access, admission, 5_000, Clock.system()),
                                metrics,
                                Clock.system()));
    }

    private Optional<RevocationRecord> revocation(DeviceId device) {
        return Optional.ofNullable(revoked.get(device));
    }

    private Map<Incarnation, Heartbeat> heartbeats() {
        Map<Incarnation, Heartbeat> heartbeats = new TreeMap<>();
        nodes.forEach((incarnation, seen) -> heartbeats.put(incarnation, seen.heartbeat()));
        return heartbeats;
    }

    private static Cluster cluster() {
        Node broker = new Node(0, "127.0.0.1", 9092);
        List<PartitionInfo> partitions =
                IntStream.range(0, PARTITIONS)
                        .mapToObj(partition ->
                                new PartitionInfo(
                                        "lastmile.messages",
                                        partition,
                                        broker,
                                        new Node[] {broker},
                                        new Node[] {broker}))
                        .toList();
        List<PartitionInfo> all = new ArrayList<>(partitions);
        Node[] only = {broker};
        all.add(new PartitionInfo("lastmile.broadcasts", 0, broker, only, only));
        return new Cluster("test", List.of(broker), all, Set.of(), Set.of());
    }

    int port() {
        return listener.port();
    }

    HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .timeout(Duration.ofSeconds(10));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path) throws Exception {
        return send(to(path));
    }

    HttpResponse<String> post(String device, String body, String... headers) throws Exception {
        HttpRequest.Builder request =
                to("/v1/devices/" + device + "/messages")
                        .POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request);
    }

    private Target target() {
        if (isTargetBroken) {
            throw new IllegalStateException("broken");
        }
        return new ReplayedTo(replayed);
    }

    private Consumer<byte[], byte[]> topics() {
        if (topicsAway) {
            throw new KafkaException("a broker that is not there");
        }
        TracedTopics topics = new TracedTopics(PARTITIONS);
        if (hasMoreToCome) {
            topics.hasMoreToCome();
        }
        return topics;
    }

    /** Many others hold so many bytes together. */
    void fill(int bytes) {
        for (int left = bytes; left > 0; ) {
            int piece = left > 2_000 ? 1_000 : 1;
            if (!admission.bodies().take("other " + left, piece)) {
                throw new IllegalStateException("no room for " + left);
            }
            left -= piece;
        }
    }

    /** They give it back. */
    void empty(int bytes) {
        for (int left = bytes; left > 0; ) {
            int piece = left > 2_000 ? 1_000 : 1;
            admission.bodies().give("other " + left, piece);
            left -= piece;
        }
    }

    void closeFigures() {
        figures.close();
    }

    void closeReceipts() {
        receiptStreams.close();
    }

    @Override
    public void close() {
        client.close();
        receiptStreams.close();
        broadcasts.close();
        figures.close();
        traces.close();
        replays.close();
        listener.close();
        stateQueries.close();
    }
}
