package io.lastmile.bench.throughput;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
}
