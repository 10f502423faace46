package io.lastmile.node.kafka;

import io.lastmile.wire.Header;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.MessageHeader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.header.Headers;

/** Record headers of Kafka as the text headers of Lastmile, and back. */
public final class KafkaHeaders {
    /** What stands for bytes that are not UTF-8. */
    private static final char REPLACEMENT = '\ufffd';

    private KafkaHeaders() {}

    /**
     * All headers with a value. Bytes of the sender's own that are not UTF-8 become U+FFFD.
     *
     * @throws MalformedException where a registered one is not UTF-8: two different keys would be
     *     the same
     */
    public static List<Header> read(Headers headers) {
        List<Header> read = new ArrayList<>();
        for (var header : headers) {
            if (header.value() != null) {
                read.add(new Header(header.key(), text(header.key(), header.value())));
            }
        }
        return read;
    }

    private static String text(String name, byte[] value) {
        String text = new String(value, StandardCharsets.UTF_8);
        boolean isLossy = text.indexOf(REPLACEMENT) >= 0;
        if (isLossy
                && MessageHeader.ofName(name).isPresent()
                && !Arrays.equals(value, text.getBytes(StandardCharsets.UTF_8))) {
            throw new MalformedException(name, "text in UTF-8");
        }
        return text;
    }

    /** Adds a header. */
    public static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds all headers, in their order. */
    public static void addAll(Headers headers, List<Header> added) {
        for (Header header : added) {
            add(headers, header.name(), header.value());
        }
    }
}
