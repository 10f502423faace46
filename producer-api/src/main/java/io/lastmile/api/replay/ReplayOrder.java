package io.lastmile.api.replay;

import io.lastmile.node.replay.Selection;
import io.lastmile.wire.DeviceId;
import java.util.List;

/**
 * What is to be replayed.
 *
 * @param name 1 to 40 of A-Z a-z 0-9 _ -: of two copies of a message with the same name the second
 *     is settled as a duplicate
 * @param toDevices who gets the copies; empty for those who got the originals
 * @param perSecond messages a second, above 0
 * @param isDry whether it is only counted
 * @param by the name of the key that asked for it; empty where nobody is asked who he is
 */
public record ReplayOrder(
        String name,
        Selection selection,
        List<DeviceId> toDevices,
        double perSecond,
        boolean isDry,
        String by) {
    /** Keeps a copy of the devices. */
    public ReplayOrder {
        toDevices = List.copyOf(toDevices);
    }
}
