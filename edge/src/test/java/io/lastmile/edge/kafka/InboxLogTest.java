package io.lastmile.edge.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lastmile.edge.hop.InboxEnds;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.Test;

class InboxLogTest {
    /** Each question to Kafka, to be answered by the test. */
    private final List<Map<TopicPartition, KafkaFutureImpl<ListOffsetsResultInfo>>> questions =
            new ArrayList<>();

    private final InboxLog inbox = new InboxLog(kafka(), "lastmile.inbox");
    private final List<String> told = new ArrayList<>();

    private Admin kafka() {
        return (Admin)
                Proxy.newProxyInstance(
                        Admin.class.getClassLoader(),
                        new Class<?>[] {Admin.class},
                        (proxy, method, arguments) -> {
                            assertEquals("listOffsets", method.getName());
                            Map<TopicPartition, KafkaFutureImpl<ListOffsetsResultInfo>> question =
                                    new HashMap<>();
                            for (Object place : ((Map<?, ?>) arguments[0]).keySet()) {
                                question.put((TopicPartition) place, new KafkaFutureImpl<>());
                            }
                            questions.add(question);
                            Map<TopicPartition, KafkaFuture<ListOffsetsResultInfo>> futures =
                                    new HashMap<>(question);
                            return new ListOffsetsResult(futures);
                        });
    }

    private void ask(int partition) {
        inbox.ask(partition, end -> told.add(partition + " ends at " + end));
    }

    private KafkaFutureImpl<ListOffsetsResultInfo> asked(int question, int partition) {
        return java.util.Objects.requireNonNull(
                questions.get(question).get(new TopicPartition("lastmile.inbox", partition)));
    }

    @Test
    void manyQuestionsMeanwhileAreOne() {
        ask(0);
        ask(1);
        ask(2);
        ask(2);
        assertEquals(1, questions.size());
        asked(0, 0).complete(new ListOffsetsResultInfo(7, -1, Optional.empty()));
        assertEquals(List.of("0 ends at 7"), told);
        assertEquals(2, questions.size());
        asked(1, 1).completeExceptionally(new TimeoutException("away"));
        asked(1, 2).complete(new ListOffsetsResultInfo(9, -1, Optional.empty()));
        assertEquals(
                List.of(
                        "0 ends at 7",
                        "1 ends at " + InboxEnds.UNKNOWN,
                        "2 ends at 9",
                        "2 ends at 9"),
                told);
        ask(0);
        assertEquals(3, questions.size());
    }
}
