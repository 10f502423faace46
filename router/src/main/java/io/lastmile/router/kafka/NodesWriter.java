package io.lastmile.router.kafka;

import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.node.kafka.NodesView;
import io.lastmile.node.kafka.OwnTime;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.NodeRole;
import io.lastmile.wire.record.NodeKey;
import io.lastmile.wire.record.NodeRecord.Gone;
import io.lastmile.wire.record.Topic;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a router writes about others in nodes: that a node is gone, and later that it never was. */
public final class NodesWriter implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NodesWriter.class);

    private final Supplier<Incarnation> self;
    private final String topic;
    private final OwnTime ownTime;
    private final KafkaProducer<byte[], byte[]> producer;
    private boolean closed;

    /** Writes in the name of that router. */
    public NodesWriter(Supplier<Incarnation> self, KafkaSettings kafka, OwnTime ownTime) {
        this.self = self;
        this.topic = kafka.topic(Topic.NODES);
        this.ownTime = ownTime;
        this.producer =
                new KafkaProducer<>(
                        kafka.producer(
                                Map.of(
                                        ProducerConfig.CLIENT_ID_CONFIG,
                                        kafka.prefix() + "gone",
                                        ProducerConfig.LINGER_MS_CONFIG,
                                        0,
                                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                                        1_000)),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
    }

    /** Declares an edge or a router gone. */
    public void gone(NodeRole role, Incarnation node) {
        write(new NodeKey(node, true), new Gone(role, self.get(), ownTime.nowMs()).encode());
    }

    /**
     * Deletes what nodes says of incarnations that were over, and silent, for so long: else each
     * start of each node would stay there for ever. The heartbeat first, so that nobody sees it
     * without the word that it is gone.
     */
    public void clear(NodesView nodes, Duration silent) {
        for (Incarnation over : nodes.overSince(ownTime.nowMs() - silent.toMillis())) {
            write(new NodeKey(over, false), null);
            write(new NodeKey(over, true), null);
            log.atInfo().addKeyValue("node", over).log("node's earlier life cleared");
        }
    }

    private synchronized void write(NodeKey key, byte @Nullable [] value) {
        if (closed) {
            return; // nodes is still read while this router stops; whoever stays will say it
        }
        var _ =
                producer.send(
                        new ProducerRecord<>(topic, key.encode(), value),
                        (_, failure) -> {
                            if (failure != null) {
                                log.atWarn()
                                        .addKeyValue("node", key.incarnation())
                                        .addKeyValue("reason", String.valueOf(failure.getMessage()))
                                        .log("word about a node not written");
                            }
                        });
    }

    @Override
    public synchronized void close() {
        closed = true;
        producer.close(Duration.ofSeconds(1));
    }
}
