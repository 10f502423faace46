package io.lastmile.router.heart;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.record.IdempotencyRecord;
import io.lastmile.wire.record.InboxKey;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The idempotency keys in their window. At the bound the oldest key is forgotten early: a
 * repetition of it would then be delivered again.
 *
 * <p>Design decision: a window is counted in append times. Counted in an owner's time it would be
 * over while a repetition waits in the log for an owner.
 */
final class Idempotency {
    private final int keysMax;
    private final Ledger ledger;
    private final long windowMs;
    private long latestAppendMs;
    private final Map<InboxKey.Idempotency, IdempotencyRecord> known = new LinkedHashMap<>();
    private final Map<MessageId, InboxKey.Idempotency> keyByFirst = new HashMap<>();

    Idempotency(int keysMax, long windowMs, Ledger ledger) {
        this.keysMax = keysMax;
        this.ledger = ledger;
        this.windowMs = windowMs;
    }

    /** Takes over what a predecessor remembered. */
    void restore(Map<InboxKey.Idempotency, IdempotencyRecord> restored) {
        restored.entrySet().stream()
                .sorted(
                        Map.Entry.comparingByValue(
                                Comparator.comparingLong(IdempotencyRecord::forgottenAtMs)))
                .forEach(entry -> put(entry.getKey(), entry.getValue()));
    }

    private void put(InboxKey.Idempotency place, IdempotencyRecord record) {
        remove(place); // it goes to the end of the line
        known.put(place, record);
        keyByFirst.put(record.first(), place);
    }

    private void remove(InboxKey.Idempotency place) {
        IdempotencyRecord last = known.remove(place);
        if (last != null) {
            keyByFirst.remove(last.first());
        }
    }

    /** The message that had the key first: this one, where nobody had. */
    MessageId first(DeviceId device, String key, MessageId id, long appendedAtMs) {
        latestAppendMs = Math.max(latestAppendMs, appendedAtMs);
        InboxKey.Idempotency place = new InboxKey.Idempotency(device, key);
        IdempotencyRecord last = known.get(place);
        if (last != null && appendedAtMs < last.forgottenAtMs()) {
            // One that is read again may stand before the one that opened the present window.
            boolean older = appendedAtMs + windowMs <= last.forgottenAtMs() - windowMs;
            return older ? id : last.first();
        }
        IdempotencyRecord record = new IdempotencyRecord(id, appendedAtMs + windowMs);
        put(place, record);
        ledger.write(new Write.Remember(device, key, record));
        if (known.size() > keysMax) {
            forgetOldest();
        }
        return id;
    }

    /**
     * Forgets the keys whose window was over a window ago: the clocks of brokers that lead the log
     * one after the other need not agree.
     */
    void forgetDue() {
        while (!known.isEmpty()
                && known.values().iterator().next().forgottenAtMs() <= latestAppendMs - windowMs) {
            forgetOldest();
        }
    }

    /** The message was taken back: the next one with its key is no repetition. */
    void free(MessageId first) {
        InboxKey.Idempotency key = keyByFirst.get(first);
        if (key != null) {
            forget(key);
        }
    }

    private void forgetOldest() {
        forget(known.keySet().iterator().next());
    }

    private void forget(InboxKey.Idempotency key) {
        remove(key);
        ledger.write(new Write.Forget(key.device(), key.key()));
    }
}
