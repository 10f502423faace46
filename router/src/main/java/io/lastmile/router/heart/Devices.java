package io.lastmile.router.heart;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The devices of the partition that have a session or unsettled messages; the others are not kept.
 */
final class Devices {
    private final Map<DeviceId, Device> byId = new HashMap<>();

    /** The device, which comes into being where it is not known. */
    Device of(DeviceId id) {
        return byId.computeIfAbsent(id, Device::new);
    }

    @Nullable Device known(DeviceId id) {
        return byId.get(id);
    }

    void forgetIfEmpty(Device device) {
        if (device.isEmpty()) {
            byId.remove(device.id, device);
        }
    }

    /** The unsettled message of that id; walks all devices, for people's questions only. */
    @Nullable Entry find(MessageId id) {
        for (Device device : byId.values()) {
            Entry direct = device.inbox.get(id.offset());
            if (direct != null && direct.facts.id().equals(id)) {
                return direct;
            }
            for (Entry entry : device.inbox.values()) {
                if (entry.facts.id().equals(id)) {
                    return entry;
                }
            }
        }
        return null;
    }

    void forEach(Consumer<Device> action) {
        List.copyOf(byId.values()).forEach(action);
    }

    int size() {
        return byId.size();
    }
}
