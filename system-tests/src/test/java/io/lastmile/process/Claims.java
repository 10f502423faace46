package io.lastmile.process;

import io.lastmile.bench.load.WholeTopic;
import io.lastmile.wire.record.InboxKey;
import java.util.Map;
import java.util.TreeMap;

/** How often partitions have been claimed, as the topic of inboxes tells before it is compacted. */
final class Claims {
    private Claims() {}

    /** How often each was. */
    static Map<Integer, Integer> byPartition(String bootstrap, String prefix) {
        Map<Integer, Integer> claims = new TreeMap<>();
        WholeTopic.read(bootstrap, prefix + "inbox").stream()
                .filter(record -> InboxKey.decode(record.key()) instanceof InboxKey.Claim)
                .forEach(record -> claims.merge(record.partition(), 1, Integer::sum));
        return claims;
    }

    /** The most that were added to any partition. */
    static int most(Map<Integer, Integer> before, Map<Integer, Integer> after) {
        return after.entrySet().stream()
                .mapToInt(entry -> entry.getValue() - before.getOrDefault(entry.getKey(), 0))
                .max()
                .orElseThrow();
    }
}
