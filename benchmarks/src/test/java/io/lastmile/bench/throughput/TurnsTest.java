package io.lastmile.bench.throughput;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TurnsTest {
    @Test
    void everyDeviceHasOneSenderAndRisingNumbersOfItsOwn() {
        int devices = 10;
        int senders = 3;
        Map<Integer, Integer> senderByDevice = new HashMap<>();
        long[] latest = new long[devices];
        Arrays.fill(latest, -1);
        long row = 0;
        for (int round = 0; round < 2; round++) {
            long nextRow = 0;
            for (int sender = 0; sender < senders; sender++) {
                Turns turns = new Turns(sender, senders, devices, row);
                for (int i = 0; i < 9 + sender; i++) {
                    turns.next();
                    assertEquals(turns.number() % devices, turns.device());
                    assertTrue(turns.number() > latest[turns.device()]);
                    latest[turns.device()] = turns.number();
                    senderByDevice.putIfAbsent(turns.device(), sender);
                    assertEquals(senderByDevice.get(turns.device()), sender);
                }
                nextRow = Math.max(nextRow, turns.nextRow());
            }
            row = nextRow;
        }
        assertEquals(devices, senderByDevice.size());
    }

    @ParameterizedTest
    @CsvSource({"3, 2", "3, 0", "0, 2"})
    void producersHaveAsManyDevicesAsAllConnections(int connections, int producers) {
        int devices = 20;
        var load = new LoadOptions(devices, 6, 100, 1, 1, 1, 1);
        var posting =
                new FanInPosting(
                        InetSocketAddress.createUnresolved("localhost", 1),
                        "localhost:1",
                        new FanInOptions(load, connections, producers));
        Map<Integer, Integer> senderByDevice = new HashMap<>();
        for (int sender = 0; sender < posting.senders(); sender++) {
            Turns turns = posting.turns(sender, devices, 0);
            for (turns.next(); turns.number() < devices; turns.next()) {
                assertNull(senderByDevice.put(turns.device(), sender));
            }
        }
        assertEquals(devices, senderByDevice.size());
        long ofConnections =
                senderByDevice.values().stream().filter(sender -> sender < connections).count();
        long expected = connections == 0 ? 0 : producers == 0 ? devices : devices / 2;
        assertEquals(expected, ofConnections);
    }
}
