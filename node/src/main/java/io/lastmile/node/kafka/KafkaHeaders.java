package io.lastmile.node.kafka;

import io.lastmile.wire.Header;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Headers;

/** Record headers of Kafka as the text headers of Lastmile, and back. */
public final class KafkaHeaders {
    private KafkaHeaders() {}

    /** All headers with a value; bytes that are not UTF-8 become U+FFFD. */
    public static List<Header> read(Headers headers) {
        List<Header> read = new ArrayList<>();
        for (var header : headers) {
            if (header.value() != null) {
                read.add(
                        new Header(
                                header.key(), new String(header.value(), StandardCharsets.UTF_8)));
            }
        }
        return read;
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
