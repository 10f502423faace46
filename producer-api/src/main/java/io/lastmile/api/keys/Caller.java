package io.lastmile.api.keys;

import io.lastmile.wire.DeviceId;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Somebody who calls, and what he may.
 *
 * @param name of the key, for the log
 * @param devicePrefixes of the devices he may reach; all of them where it is empty
 * @param rate bounds his requests and messages
 */
public record Caller(String name, Set<Scope> scopes, List<String> devicePrefixes, Rate rate) {
    /** Who calls where nobody is asked who he is. */
    public static final Caller ANYBODY =
            new Caller("", EnumSet.allOf(Scope.class), List.of(), Rate.UNLIMITED);

    public Caller {
        scopes = Set.copyOf(scopes);
        devicePrefixes = List.copyOf(devicePrefixes);
    }

    /** Whether messages for the device, and questions about it, are allowed. */
    public boolean reaches(DeviceId device) {
        return devicePrefixes.isEmpty()
                || devicePrefixes.stream().anyMatch(prefix -> device.value().startsWith(prefix));
    }

    /** Whether there is any device that he may not reach. */
    public boolean isLimitedToDevices() {
        return !devicePrefixes.isEmpty();
    }
}
