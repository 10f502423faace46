package io.lastmile.router.owner;

import io.lastmile.router.heart.Rejected;
import io.lastmile.wire.record.Topic;

/**
 * A record of a partition's state that no owner wrote.
 *
 * @param raw as it came
 * @param hasOwnersKey whether the key is one that owners write
 */
public record Unreadable(Topic topic, Rejected raw, boolean hasOwnersKey, String reason) {}
