package io.lastmile.router.owner;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lastmile.wire.Audience;
import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.Message;
import io.lastmile.wire.Urgency;
import io.lastmile.wire.record.BroadcastFacts;
import io.lastmile.wire.record.Receipts;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which broadcast repeats which. */
class BroadcastKeysTest {
    private final BroadcastKeys keys = new BroadcastKeys(1_000);

    private Optional<BroadcastId> read(
            long id, String audience, @Nullable String key, long appendedMs) {
        return keys.repeated(
                new BroadcastFacts(
                        new BroadcastId(id),
                        Audience.parse(audience),
                        appendedMs,
                        Message.ABSENT,
                        Message.ABSENT,
                        0,
                        1,
                        Urgency.NORMAL,
                        null,
                        key,
                        Receipts.AUTO,
                        false));
    }

    private static Optional<BroadcastId> of(long id) {
        return Optional.of(new BroadcastId(id));
    }

    @Test
    void theSameKeyWithinTheWindowRepeats() {
        assertEquals(Optional.empty(), read(1, "news", "a", 5_000));
        assertEquals(of(1), read(2, "news", "a", 5_999));
        assertEquals(Optional.empty(), read(3, "news", "a", 7_000));
        assertEquals(Optional.empty(), read(4, "news", "b", 7_000));
        assertEquals(Optional.empty(), read(5, "news", null, 7_000));
        assertEquals(Optional.empty(), read(6, "sport", "a", 7_000));
    }

    @Test
    void anAudienceIsTheSameHoweverItIsSpelt() {
        assertEquals(Optional.empty(), read(1, "news&!beta", "a", 5_000));
        assertEquals(of(1), read(2, "news & ! beta", "a", 5_100));
    }

    @Test
    void whatIsReadOnceMoreRepeatsWhatItRepeatedBefore() {
        assertEquals(Optional.empty(), read(1, "news", "a", 5_000));
        assertEquals(of(1), read(2, "news", "a", 5_500));
        assertEquals(Optional.empty(), read(1, "news", "a", 5_000));
        assertEquals(of(1), read(2, "news", "a", 5_500));
    }

    @Test
    void whatWasTakenBackIsNotRepeated() {
        assertEquals(Optional.empty(), read(1, "news", "a", 5_000));
        keys.cancelled(new BroadcastId(1));
        assertEquals(Optional.empty(), read(2, "news", "a", 5_100));
    }
}
