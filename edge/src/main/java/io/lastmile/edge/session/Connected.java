package io.lastmile.edge.session;

import io.lastmile.wire.DeviceId;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who is connected: of each device one connection, the newest, which takes over from the one
 * before. Any thread.
 */
public final class Connected {
    /** So that loops seldom wait for each other. */
    private static final int TABLES = 64;

    private final List<KeyedTable<DeviceId, DeviceHeart>> tables =
            Stream.generate(() -> new KeyedTable<>(DeviceHeart::connectedDevice))
                    .limit(TABLES)
                    .toList();

    /** Takes a device's connection: the one before, if there is one, is to be closed. */
    @Nullable DeviceHeart enter(DeviceHeart heart) {
        return table(heart.connectedDevice()).put(heart);
    }

    /** Forgets a connection; a newer one of the same device stays. */
    void leave(DeviceHeart heart) {
        table(heart.connectedDevice()).remove(heart);
    }

    /** The connection of a device. */
    public @Nullable DeviceHeart find(DeviceId device) {
        return table(device).find(device);
    }

    /** All, as they are now. */
    public List<DeviceHeart> all() {
        return tables.stream().flatMap(table -> table.all().stream()).toList();
    }

    /** How many devices are connected, subscribed or not. */
    public int size() {
        return tables.stream().mapToInt(KeyedTable::size).sum();
    }

    private KeyedTable<DeviceId, DeviceHeart> table(DeviceId device) {
        return tables.get(Math.floorMod(device.hashCode(), TABLES));
    }
}
