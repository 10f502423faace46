package io.lastmile.edge.mqtt;

import io.lastmile.edge.session.NoConnect;
import io.lastmile.edge.session.ReasonCode;
import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.node.Metrics.Counter;
import io.lastmile.node.Metrics.Histogram;
import io.lastmile.wire.EndReason;
import io.lastmile.wire.record.EventRecord.Ack;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The figures of MQTT connections. Any thread. */
final class MqttMetrics {
    private final Map<ReasonCode, Counter> connects = new EnumMap<>(ReasonCode.class);
    private final Map<ReasonCode, Counter> protocolErrors = new EnumMap<>(ReasonCode.class);
    private final Map<EndReason, Counter> ended = new EnumMap<>(EndReason.class);
    private final Map<NoConnect, Counter> noConnects = new EnumMap<>(NoConnect.class);
    private final Counter publishedQos0;
    private final Counter publishedQos1;
    private final Counter acked;
    private final Counter strayPubacks;
    private final List<Counter> droppedByQos;
    private final Histogram ackDuration;

    MqttMetrics(Metrics metrics) {
        for (ReasonCode reason : ReasonCode.values()) {
            connects.put(reason, metrics.counter(Metric.EDGE_CONNECTS, reason.label()));
            protocolErrors.put(
                    reason, metrics.counter(Metric.EDGE_PROTOCOL_ERRORS, reason.label()));
        }
        for (EndReason reason : EndReason.values()) {
            ended.put(reason, metrics.counter(Metric.EDGE_ENDED, reason.label()));
        }
        for (NoConnect why : NoConnect.values()) {
            noConnects.put(why, metrics.counter(Metric.EDGE_NO_CONNECT, why.label()));
        }
        publishedQos0 = metrics.counter(Metric.EDGE_PUBLISHED, "0");
        publishedQos1 = metrics.counter(Metric.EDGE_PUBLISHED, "1");
        acked = metrics.counter(Metric.EDGE_ACKED);
        strayPubacks = metrics.counter(Metric.EDGE_STRAY_PUBACKS);
        droppedByQos =
                Stream.of("0", "1", "2")
                        .map(qos -> metrics.counter(Metric.EDGE_DROPPED, qos))
                        .toList();
        ackDuration = metrics.histogram(Metric.EDGE_ACK_DURATION);
    }

    void connected(ReasonCode answer) {
        Objects.requireNonNull(connects.get(answer)).increment();
    }

    void noConnect(NoConnect why) {
        Objects.requireNonNull(noConnects.get(why)).increment();
    }

    void protocolError(ReasonCode reason) {
        Objects.requireNonNull(protocolErrors.get(reason)).increment();
    }

    void ended(EndReason reason) {
        Objects.requireNonNull(ended.get(reason)).increment();
    }

    void published(int qos) {
        (qos == 0 ? publishedQos0 : publishedQos1).increment();
    }

    /** A device acknowledged what its session does not have open. */
    void strayPuback() {
        strayPubacks.increment();
    }

    /** A device published something. */
    void dropped(int qos) {
        droppedByQos.get(qos).increment();
    }

    void acked(Ack ack) {
        if (ack.notSent()) {
            return;
        }
        acked.increment();
        ackDuration.observeMs((double) Math.max(0, ack.acknowledgedAtMs() - ack.sentAtMs()));
    }
}
