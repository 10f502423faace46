package io.lastmile.simulation;

import io.lastmile.wire.Audience;
import io.lastmile.wire.ChannelName;
import io.lastmile.wire.Control;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MemberSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Who is in which channels by which sources, as the log of messages says up to some offset. */
final class Memberships {
    private final int perDeviceMax;
    private final Map<DeviceId, Map<ChannelName, Set<MemberSource>>> byDevice =
            new LinkedHashMap<>();

    Memberships(int perDeviceMax) {
        this.perDeviceMax = perDeviceMax;
    }

    void apply(DeviceId device, Control control) {
        switch (control) {
            case Control.Cancel _ -> {}
            case Control.Join(var channel, var source) -> {
                Map<ChannelName, Set<MemberSource>> its =
                        byDevice.computeIfAbsent(device, _ -> new LinkedHashMap<>());
                if (its.containsKey(channel) || its.size() < perDeviceMax) {
                    its.computeIfAbsent(channel, _ -> new HashSet<>()).add(source);
                }
            }
            case Control.Leave(var channel, var source) -> {
                Map<ChannelName, Set<MemberSource>> its = byDevice.getOrDefault(device, Map.of());
                Set<MemberSource> sources = its.get(channel);
                if (sources != null && sources.remove(source) && sources.isEmpty()) {
                    its.remove(channel);
                }
            }
        }
    }

    Map<ChannelName, Set<MemberSource>> of(DeviceId device) {
        return byDevice.getOrDefault(device, Map.of());
    }

    boolean matches(Audience audience, DeviceId device) {
        return audience.matches(of(device)::containsKey);
    }

    /** Who belongs to the audience. */
    Set<DeviceId> members(Audience audience) {
        Set<DeviceId> members = new LinkedHashSet<>();
        for (DeviceId device : byDevice.keySet()) {
            if (matches(audience, device)) {
                members.add(device);
            }
        }
        return members;
    }
}
