package io.lastmile.router.heart;

import io.lastmile.wire.DeviceId;
import org.jspecify.annotations.Nullable;

/**
 * A member of a channel, or of those that a broadcast is for.
 *
 * @param number in its partition
 * @param device null where it has left all channels since
 */
public record MemberView(int number, @Nullable DeviceId device) {}
