package io.lastmile.node.kafka;

import io.lastmile.wire.MessageHeader;
import io.lastmile.wire.record.Topic;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Tells records of messages that an owner appended again from those whose producer says so: an HMAC
 * over all of the record, with a key that producers do not know. Any thread.
 *
 * <p>Design decision: the key is derived from the id that Kafka gave to the inbox topic. It is
 * random, the same for all routers, lives exactly as long as the state that it belongs to, needs no
 * configuration and no rotation, and Kafka tells it only to who may describe that topic. A producer
 * has no right there; who has can write outcomes as well, or reads where none are asked for.
 */
public final class OwnerSeal {
    /** The headers that only owners write. */
    private static final List<String> OWNERS =
            List.of(
                    MessageHeader.ORIGIN.headerName(),
                    MessageHeader.ACCEPTED_AT.headerName(),
                    MessageHeader.MARK.headerName(),
                    MessageHeader.OWNER_SEAL.headerName());

    private static final String SEAL = MessageHeader.OWNER_SEAL.headerName();
    private static final String ALGORITHM = "HmacSHA256";
    private static final byte[] PURPOSE = "lastmile owner-seal".getBytes(StandardCharsets.US_ASCII);

    private final SecretKeySpec key;

    /** The seal of the owners of these topics. */
    public OwnerSeal(TopicIds topics) {
        Uuid inbox = topics.id(Topic.INBOX);
        ByteBuffer id = ByteBuffer.allocate(2 * Long.BYTES);
        id.putLong(inbox.getMostSignificantBits()).putLong(inbox.getLeastSignificantBits());
        Mac mac = mac(new SecretKeySpec(id.array(), ALGORITHM));
        key = new SecretKeySpec(mac.doFinal(PURPOSE), ALGORITHM);
    }

    /** Seals a record that is complete, partition and all. */
    public void put(ProducerRecord<byte[], byte[]> record) {
        byte[] seal = of(record.partition(), record.key(), record.value(), record.headers());
        KafkaHeaders.add(record.headers(), SEAL, HexFormat.of().formatHex(seal));
    }

    /** Whether a record has headers that only owners write, and is none of theirs. */
    public boolean isMissingOn(ConsumerRecord<byte[], byte[]> record) {
        boolean claims = false;
        for (String name : OWNERS) {
            claims |= record.headers().lastHeader(name) != null;
        }
        return claims && !isOn(record);
    }

    private boolean isOn(ConsumerRecord<byte[], byte[]> record) {
        Header seal = record.headers().lastHeader(SEAL);
        if (seal == null || seal.value() == null) {
            return false;
        }
        byte[] made = of(record.partition(), record.key(), record.value(), record.headers());
        byte[] expected = HexFormat.of().formatHex(made).getBytes(StandardCharsets.US_ASCII);
        return MessageDigest.isEqual(expected, seal.value());
    }

    private byte[] of(
            int partition, byte @Nullable [] device, byte @Nullable [] payload, Headers headers) {
        Mac mac = mac(key);
        mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(partition).flip());
        add(mac, device);
        add(mac, payload);
        for (Header header : headers) {
            if (!header.key().equals(SEAL)) {
                add(mac, header.key().getBytes(StandardCharsets.UTF_8));
                add(mac, header.value());
            }
        }
        return mac.doFinal();
    }

    private static void add(Mac mac, byte @Nullable [] part) {
        int length = part == null ? -1 : part.length;
        mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(length).flip());
        if (part != null) {
            mac.update(part);
        }
    }

    private static Mac mac(SecretKeySpec key) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }
}
