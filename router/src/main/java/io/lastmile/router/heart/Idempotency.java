package io.lastmile.router.heart;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.record.IdempotencyRecord;
import io.lastmile.wire.record.InboxKey;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The idempotency keys in their window. At the bound the oldest key is forgotten early: a
 * repetition of it would then be delivered again.
 */
final class Idempotency {
    private final int keysMax;
    private final Ledger ledger;
    private final Map<InboxKey.Idempotency, IdempotencyRecord> known = new LinkedHashMap<>();

    Idempotency(int keysMax, Ledger ledger) {
        this.keysMax = keysMax;
        this.ledger = ledger;
    }

    /** Takes over what a predecessor remembered. */
    void restore(Map<InboxKey.Idempotency, IdempotencyRecord> restored) {
        restored.entrySet().stream()
                .sorted(
                        Map.Entry.comparingByValue(
                                Comparator.comparingLong(IdempotencyRecord::forgottenAtMs)))
                .forEach(entry -> known.put(entry.getKey(), entry.getValue()));
    }

    /** The message that had the key first: this one, where nobody had. */
    MessageId first(DeviceId device, String key, MessageId id, long forgottenAtMs) {
        InboxKey.Idempotency place = new InboxKey.Idempotency(device, key);
        IdempotencyRecord earlier = known.get(place);
        if (earlier != null) {
            return earlier.first();
        }
        IdempotencyRecord record = new IdempotencyRecord(id, forgottenAtMs);
        known.put(place, record);
        ledger.write(new Write.Remember(device, key, record));
        if (known.size() > keysMax) {
            forgetOldest();
        }
        return id;
    }

    /** Forgets the keys whose window is over. */
    void forgetDue(long nowMs) {
        while (!known.isEmpty() && known.values().iterator().next().forgottenAtMs() <= nowMs) {
            forgetOldest();
        }
    }

    private void forgetOldest() {
        InboxKey.Idempotency oldest = known.keySet().iterator().next();
        known.remove(oldest);
        ledger.write(new Write.Forget(oldest.device(), oldest.key()));
    }
}
