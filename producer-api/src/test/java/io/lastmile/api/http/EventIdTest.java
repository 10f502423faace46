package io.lastmile.api.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventIdTest {
    private static Map<Integer, Long> positions(int partitions, long from, long apart, long seed) {
        Random random = new Random(seed);
        Map<Integer, Long> positions = new TreeMap<>();
        for (int p = 0; p < partitions; p++) {
            positions.put(p, from + random.nextLong(apart));
        }
        return positions;
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0, 1",
        "16, 0, 10",
        "64, 10000000, 1000000",
        "64, 0, 9000000000000000000",
        "256, 0, 1000000000000",
        "1024, 10000000, 1000000",
        "1024, 0, 8000000",
        "4096, 1000, 1",
    })
    void itSaysExactlyWhereAStreamHadComeTo(int partitions, long from, long apart) {
        for (long seed = 1; seed <= 5; seed++) {
            Map<Integer, Long> positions = positions(partitions, from, apart, seed);
            String id = EventId.of(positions);
            assertTrue(id.length() <= EventId.LENGTH_MAX, id.length() + " characters");
            assertTrue(id.matches("[A-Za-z0-9~,_-]+"), id); // fit for a query as it is
            assertTrue(positions.equals(EventId.parse(id, partitions)), "seed " + seed);
        }
    }

    /** More than fits is told a little too early: what is in between comes again. */
    @ParameterizedTest
    @CsvSource({"1024, 1000000000000", "4096, 100000000", "10000, 9000000000000000000"})
    void whereThatIsTooLongItSaysALittleEarlier(int partitions, long apart) {
        Map<Integer, Long> positions = positions(partitions, 7, apart, 1);
        String id = EventId.of(positions);
        assertTrue(id.length() <= EventId.LENGTH_MAX, id.length() + " characters");
        Map<Integer, Long> told = EventId.parse(id, partitions);
        assertEquals(positions.keySet(), told.keySet());
        positions.forEach((partition, offset) -> {
            long at = told.getOrDefault(partition, -1L);
            assertTrue(at <= offset && at >= 7, partition + ": " + at + " for " + offset);
        });
    }

    @Test
    void aShortOneCanBeRead() {
        assertEquals("3-1044", EventId.of(Map.of(3, 1_044L)));
        assertEquals("0-5,1-7", EventId.of(Map.of(1, 7L, 0, 5L)));
        assertEquals(Map.of(), EventId.parse("", 16));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "-",
                "3",
                "3-",
                "-3",
                "16-1",
                "1-1-1",
                "1--1",
                "1-1,",
                "~",
                "~AAAA",
                "~!",
                "1-99999999999999999999",
                "~AAAAAAAAAAAAPw",
                "~_____________w",
            })
    void whatIsNoIdIsRefused(String id) {
        assertThrows(IllegalArgumentException.class, () -> EventId.parse(id, 16));
    }

    @Test
    void oneOfAnotherNumberOfPartitionsIsRefused() {
        String id = EventId.of(positions(1_024, 1_000_000, 1_000_000, 1));
        assertThrows(IllegalArgumentException.class, () -> EventId.parse(id, 1_023));
        assertThrows(IllegalArgumentException.class, () -> EventId.parse(id, 2_048));
    }

    /** Whatever it is: refused, or of places that there may be. */
    @Test
    void noiseIsRefusedOrUnderstood() {
        Random random = new Random(1);
        String letters = "~0123456789-,ABCDEFabcdef_";
        for (int i = 0; i < 100_000; i++) {
            StringBuilder noise = new StringBuilder(random.nextBoolean() ? "~" : "");
            for (int length = random.nextInt(40); length > 0; length--) {
                noise.append(letters.charAt(random.nextInt(letters.length())));
            }
            for (long offset : understood(noise.toString()).values()) {
                assertTrue(offset >= 0, noise::toString);
            }
        }
    }

    private static Map<Integer, Long> understood(String id) {
        try {
            return EventId.parse(id, 16);
        } catch (IllegalArgumentException e) {
            return Map.of();
        }
    }
}
