package io.lastmile.bench.stadium;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StadiumOptionsTest {
    @ParameterizedTest
    @CsvSource({"109901,18500", "1,1", "7,3", "18500,18500", "4000000,19000"})
    void crowdsShareAllDevicesAndNoneIsTooLarge(int devices, int devicesPerProcess) {
        var options = new StadiumOptions(devices, devicesPerProcess, 200, 1, 0, 1, 1, false, null);
        assertEquals(0, options.firstDevice(0));
        assertEquals(devices, options.firstDevice(options.processes()));
        for (int crowd = 0; crowd < options.processes(); crowd++) {
            int size = options.firstDevice(crowd + 1) - options.firstDevice(crowd);
            assertTrue(size > 0 && size <= devicesPerProcess, size + " in crowd " + crowd);
        }
    }

    @Test
    void noMoreProcessesThanItTakes() {
        assertEquals(
                6, new StadiumOptions(109_901, 18_500, 200, 1, 0, 1, 1, false, null).processes());
    }
}
