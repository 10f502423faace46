package io.lastmile.router.heart;

import io.lastmile.wire.DeviceId;
import java.util.HashMap;
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

    void forEach(Consumer<Device> action) {
        byId.values().forEach(action);
    }

    int size() {
        return byId.size();
    }
}
