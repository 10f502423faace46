package io.lastmile.bench.throughput;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FanInPostingTest {
    private static final int DEVICES = 20;

    @ParameterizedTest
    @CsvSource({"3, 2, 10", "3, 0, 20", "0, 2, 0"})
    void producersHaveAsManyDevicesAsAllConnections(
            int connections, int producers, long devicesOfConnections) {
        var load = new LoadOptions(DEVICES, 6, 100, 1, 1, 1, 1);
        var posting =
                new FanInPosting(
                        InetSocketAddress.createUnresolved("localhost", 1),
                        "localhost:1",
                        new FanInOptions(load, connections, producers));
        Map<Integer, Integer> senderByDevice = new HashMap<>();
        for (int sender = 0; sender < posting.senders(); sender++) {
            Turns turns = posting.turns(sender, DEVICES, 0);
            for (turns.next(); turns.number() < DEVICES; turns.next()) {
                assertNull(senderByDevice.put(turns.device(), sender));
            }
        }
        assertEquals(DEVICES, senderByDevice.size());
        assertEquals(
                devicesOfConnections,
                senderByDevice.values().stream().filter(sender -> sender < connections).count());
    }
}
