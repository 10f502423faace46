package io.lastmile.api.kafka;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.lastmile.node.Clock;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The messages that this node was the first to be given with a key, for a while. Any thread. */
final class IdempotencyKeys {
    /** Keys of messages that are remembered at once: at their longest some 50 MB. */
    static final int OF_MESSAGES_MAX = 100_000;

    /** Of broadcasts, with conditions at their longest: some 30 MB. */
    static final int OF_BROADCASTS_MAX = 10_000;

    /** By a key, and whom the message is for. */
    private record Key(String addressee, String key) {}

    /** A message with a key, and what becomes of it. */
    record First(Key key, Fingerprint fingerprint, CompletableFuture<SendResult> result) {
        static First of(String addressee, Message message, String key) {
            return new First(
                    new Key(addressee, key), Fingerprint.of(message), new CompletableFuture<>());
        }

        /** Whether another one with its key is another try of it. */
        boolean isRepeatedBy(First other) {
            return fingerprint.equals(other.fingerprint);
        }

        private boolean is(MessageId id) {
            return result.getNow(null) instanceof SendResult.Accepted accepted
                    && accepted.id().equals(id);
        }
    }

    private final Cache<Key, First> firsts;
    private final Cache<MessageId, Key> keys; // of those of the firsts that are accepted

    IdempotencyKeys(Duration window, int keysMax, Clock clock) {
        Caffeine<Object, Object> remembered =
                Caffeine.newBuilder()
                        .maximumSize(keysMax)
                        .expireAfterWrite(window)
                        .ticker(clock::nanoTime);
        firsts = remembered.build();
        keys = remembered.build();
    }

    /** The one with its key that was here before; null where this is the first. */
    @Nullable First earlier(First mine) {
        return firsts.asMap().putIfAbsent(mine.key, mine);
    }

    /** Its answer. What failed is forgotten before anybody is told: they may be back at once. */
    void end(First first, SendResult result) {
        switch (result) {
            case SendResult.Accepted accepted -> keys.put(accepted.id(), first.key);
            case SendResult.Failed _ -> firsts.asMap().remove(first.key, first);
        }
        first.result.complete(result);
    }

    /** Forgets the key of a message that is taken back: whether it is free its owner knows. */
    void free(MessageId cancelled) {
        Key key = keys.asMap().remove(cancelled);
        if (key != null) {
            firsts.asMap().computeIfPresent(key, (_, first) -> first.is(cancelled) ? null : first);
        }
    }
}
