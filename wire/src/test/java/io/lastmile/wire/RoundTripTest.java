package io.lastmile.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.InboxKey;
import io.lastmile.wire.record.MessageRecord;
import io.lastmile.wire.record.NodeRecord;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is written is read back as the same value, and writing that gives the same bytes. */
class RoundTripTest {
    static Stream<Format<?>> formats() {
        return Formats.all();
    }

    @ParameterizedTest
    @MethodSource("formats")
    void anyValueComesBack(Format<?> format) {
        Seeds.upTo(500).forEach(seed -> comesBack(format, seed));
    }

    @Test
    void anyMessageComesBackFromItsHeaders() {
        Seeds.upTo(2_000)
                .forEach(seed -> {
                    Message message = new RandomValues(seed).message();
                    Message read =
                            MessageRecord.decode(
                                    message.device(),
                                    message.payload(),
                                    MessageRecord.headers(message));
                    assertEquals(message, read, () -> Seeds.replay("message", seed));
                });
    }

    @Test
    void noKindOfAFormatIsLeftOut() {
        Set<String> covered =
                Formats.all()
                        .map(format -> drawn(format).getClass().getSimpleName())
                        .collect(Collectors.toCollection(TreeSet::new));
        for (Class<?> sealed :
                new Class<?>[] {
                    EventRecord.class,
                    InboxKey.class,
                    NodeRecord.class,
                    HopFrame.FromRouter.class,
                    HopFrame.FromEdge.class
                }) {
            kinds(sealed)
                    .forEach(kind ->
                            assertTrue(
                                    covered.contains(kind.getSimpleName()),
                                    kind + " is not covered"));
        }
    }

    /** The records of a sealed interface, also of those below it. */
    private static Stream<Class<?>> kinds(Class<?> sealed) {
        return Stream.of(sealed.getPermittedSubclasses())
                .flatMap(kind -> kind.isRecord() ? Stream.of(kind) : kinds(kind));
    }

    private static <T> void comesBack(Format<T> format, long seed) {
        T value = format.draw().apply(new RandomValues(seed));
        byte[] bytes = format.encode().apply(value);
        T read = format.decode().apply(bytes);
        assertEquals(value, read, () -> Seeds.replay(format.name(), seed));
        assertArrayEquals(
                bytes, format.encode().apply(read), () -> Seeds.replay(format.name(), seed));
    }

    private static <T> Object drawn(Format<T> format) {
        return format.draw().apply(new RandomValues(1));
    }
}
