package io.lastmile.api.keys;

import io.lastmile.wire.Audience;
import io.lastmile.wire.ChannelName;
import io.lastmile.wire.DeviceId;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Somebody who calls, and what he may.
 *
 * @param name of the key, for the log
 * @param devicePrefixes of the devices he may reach; all of them where it is empty
 * @param channelPrefixes of the channels he may reach; where it is empty all of them, unless he
 *     reaches some devices only: then none, for in a channel may be any device
 * @param rate bounds his requests and messages
 */
public record Caller(
        String name,
        Set<Scope> scopes,
        List<String> devicePrefixes,
        List<String> channelPrefixes,
        Rate rate) {
    /** Who calls where nobody is asked who he is. */
    public static final Caller ANYBODY =
            new Caller("", EnumSet.allOf(Scope.class), List.of(), List.of(), Rate.UNLIMITED);

    public Caller {
        scopes = Set.copyOf(scopes);
        devicePrefixes = List.copyOf(devicePrefixes);
        channelPrefixes = List.copyOf(channelPrefixes);
    }

    /** Whether messages for the device, and questions about it, are allowed. */
    public boolean reaches(DeviceId device) {
        return devicePrefixes.isEmpty()
                || devicePrefixes.stream().anyMatch(prefix -> device.value().startsWith(prefix));
    }

    /** Whether he may change a channel, broadcast to it, and ask about it. */
    public boolean reaches(ChannelName channel) {
        return channelPrefixes.isEmpty()
                ? !isLimitedToDevices()
                : channelPrefixes.stream().anyMatch(prefix -> channel.value().startsWith(prefix));
    }

    /** Whether he reaches every channel that it names. */
    public boolean reaches(Audience audience) {
        return audience.channels().stream().allMatch(this::reaches);
    }

    /** Whether there is any device that he may not reach. */
    public boolean isLimitedToDevices() {
        return !devicePrefixes.isEmpty();
    }
}
