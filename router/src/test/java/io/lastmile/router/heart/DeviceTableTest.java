package io.lastmile.router.heart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.lastmile.wire.DeviceId;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTableTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void isTheSameAsAMap(long seed) {
        Random random = new Random(seed);
        DeviceTable table = new DeviceTable();
        Map<DeviceId, Integer> handleById = new HashMap<>();
        for (int i = 0; i < 50_000; i++) {
            DeviceId id = new DeviceId("device-" + random.nextInt(3_000));
            Integer handle = handleById.get(id);
            assertEquals(
                    handle == null ? DeviceTable.NONE : handle, table.find(id), "seed " + seed);
            if (handle == null) {
                Object place = random.nextBoolean() ? new Device(id) : AtRest.fresh(id);
                int added = table.add(id, place);
                assertSame(place, table.at(added));
                handleById.put(id, added);
            } else if (random.nextInt(3) > 0) {
                table.remove(handle);
                handleById.remove(id);
            } else {
                table.replace(handle, AtRest.fresh(id));
            }
            assertEquals(handleById.size(), table.size());
        }
        handleById.forEach((id, handle) -> assertEquals(handle, table.find(id), "seed " + seed));
    }
}
