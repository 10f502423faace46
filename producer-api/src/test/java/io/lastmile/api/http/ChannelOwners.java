package io.lastmile.api.http;

import io.lastmile.node.Admin;
import io.lastmile.node.HopSecret;
import io.lastmile.node.Metrics;
import io.lastmile.node.QueryAnswer;
import io.lastmile.node.kafka.NodesView.Seen;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.NodeRole;
import io.lastmile.wire.record.NodeRecord.Claim;
import io.lastmile.wire.record.NodeRecord.Heartbeat;
import io.lastmile.wire.record.NodeRecord.RouterPartitions;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;

/** A router that owns all partitions and says of channels and broadcasts what a test has it say. */
final class ChannelOwners implements AutoCloseable {
    private static final QueryAnswer NOT_KNOWN = new QueryAnswer(404, "{\"read\":true}");

    /** By the path behind {@code /state/}. */
    final Map<String, QueryAnswer> answers = new ConcurrentHashMap<>();

    final Queue<String> asked = new ConcurrentLinkedQueue<>();
    private final Admin router = new Admin("127.0.0.1", 0, new Metrics());

    ChannelOwners(RunningApi api) {
        for (String kind : List.of("channels", "broadcasts")) {
            router.query(
                    "/state/" + kind,
                    HopSecret.of("s3cr3t"),
                    path -> {
                        String whole = kind + "/" + String.join("/", path);
                        asked.add(whole);
                        return answers.getOrDefault(whole, NOT_KNOWN);
                    });
        }
        List<Claim> claims =
                IntStream.range(0, RunningApi.PARTITIONS).mapToObj(p -> new Claim(p, 1)).toList();
        api.nodes.put(
                new Incarnation("router-1", 36),
                new Seen(
                        new Heartbeat(
                                NodeRole.ROUTER,
                                false,
                                1,
                                5,
                                "test",
                                Map.of("admin", router.address()),
                                Map.of(),
                                new RouterPartitions(claims, Set.of())),
                        0,
                        1));
    }

    /** It says that. */
    void say(String path, String json) {
        answers.put(path, new QueryAnswer(200, json));
    }

    @Override
    public void close() {
        router.close();
    }
}
