package io.lastmile.router.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.lastmile.node.kafka.OwnerSeal;
import io.lastmile.node.kafka.TopicIds;
import io.lastmile.router.heart.Event;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MqttText;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.record.Topic;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** Text in headers that is refused. */
class HeaderTextTest {
    private static final DeviceId PHONE = new DeviceId("phone-1");
    private static final int PARTITIONS = 4;
    private static final OwnerSeal SEAL =
            new OwnerSeal(new TopicIds(PARTITIONS, Map.of(Topic.INBOX, new Uuid(1, 1))));

    private static Event read(String header, byte[] value) {
        var record =
                new ConsumerRecord<>(
                        "messages",
                        Partitions.of(PHONE, PARTITIONS),
                        42L,
                        PHONE.bytes(),
                        "hello".getBytes(StandardCharsets.UTF_8));
        record.headers().add(header, value);
        return MessageReading.read(record, PARTITIONS, SEAL);
    }

    private static String reason(String header, byte[] value) {
        return assertInstanceOf(Event.UnreadableRead.class, read(header, value)).reason();
    }

    @Test
    void anAttributeThatMqttDoesNotCarryIsRejectedWithItsPlace() {
        assertEquals(
                "title: U+000A is character 7: " + MqttText.RULE,
                reason("title", "line 1\nline 2".getBytes(StandardCharsets.UTF_8)));
        assertEquals(
                "content-type: U+0085 is character 2: " + MqttText.RULE,
                reason("content-type", "t\u0085".getBytes(StandardCharsets.UTF_8)));
        assertEquals(
                "attributes: a name in which U+FFFE is character 1: " + MqttText.RULE,
                reason("\ufffe", "v".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aKeyThatIsNoUtf8IsRejectedAndNotTakenForAnother() {
        assertEquals("collapse-key: text in UTF-8", reason("collapse-key", new byte[] {'k', -1}));
        assertInstanceOf(Event.MessageRead.class, read("their-own", new byte[] {'k', -1}));
        assertInstanceOf(
                Event.MessageRead.class,
                read("collapse-key", "\ufffd".getBytes(StandardCharsets.UTF_8)));
    }
}
