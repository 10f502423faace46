package io.lastmile.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lastmile.process.foreign.EdgeUrl;
import io.lastmile.process.foreign.ForeignClient;
import io.lastmile.process.foreign.ForeignDevice;
import io.lastmile.process.foreign.Inbox;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Clients that nobody here wrote, each over every transport that it knows. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class EveryTransportTest {
    static List<Arguments> clientsAndTransports() {
        List<Arguments> all = new ArrayList<>();
        for (ForeignClient client : ForeignClient.values()) {
            for (Transport transport : client.transports()) {
                all.add(Arguments.of(client, transport));
            }
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("clientsAndTransports")
    void aMessageIsDelivered(ForeignClient client, Transport transport) throws Exception {
        isDelivered(client, transport, 1);
    }

    @ParameterizedTest
    @EnumSource
    void atQos0Too(ForeignClient client) throws Exception {
        isDelivered(client, client.transports().getFirst(), 0);
    }

    @AfterAll
    static void nothingLeaked() throws Exception {
        var _ = SharedLastmile.leaks(); // what is garbage is told when the next is allocated
        for (Transport transport : Transport.values()) {
            isDelivered(ForeignClient.HIVEMQ_5, transport, 0);
        }
        assertEquals(List.of(), SharedLastmile.leaks());
    }

    private static void isDelivered(ForeignClient client, Transport transport, int qos)
            throws Exception {
        EdgeUrl edge = SharedLastmile.url(transport);
        String missing = client.missing(edge);
        assumeTrue(missing == null, () -> client + " is not tested: " + missing);
        String name = client.name() + "-" + transport.label() + "-qos" + qos;
        DeviceId device = new DeviceId(name.toLowerCase(Locale.ROOT));
        try (ForeignDevice subscribed =
                client.connect(edge, new Inbox(device.value(), "inbox", qos))) {
            MessageId id = SharedLastmile.api().accepted(device, "hello " + name);
            ForeignDevice.Arrival arrival = subscribed.next();
            assertEquals("inbox", arrival.topic());
            assertEquals("hello " + name, arrival.payload());
            if (client.showsProperties()) {
                assertEquals("text/plain", arrival.contentType());
                assertEquals(id.toString(), arrival.messageId());
            }
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() ->
                            assertEquals(
                                    List.of(Outcome.DELIVERED),
                                    SharedLastmile.ledger().outcomes(id)));
        }
    }
}
