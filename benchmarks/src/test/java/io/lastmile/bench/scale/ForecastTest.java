package io.lastmile.bench.scale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Nothing is made or lost in a forecast, and the narrowest part decides how long it takes. */
class ForecastTest {
    private static final double NEGLIGIBLE = 1e-3;
    private static final double DELIVERIES = 25_000;

    private static final Calibration ROUND_FIGURES =
            new Calibration(100, 5_000, 10, 600_000, 100_000, DELIVERIES, 4_000, 100, 50, 300_000);

    private static List<Second> of(int edgesLost, double stormShare, double messages, int seconds) {
        var scenario =
                new Scenario(1_000_000, 4, 1, 64, messages, edgesLost, stormShare, 10, 2, seconds);
        return Forecast.of(scenario, ROUND_FIGURES);
    }

    @Test
    void withoutAFaultEverybodyIsReached() {
        for (Second second : of(0, 0, 1_000, 60)) {
            assertEquals(1_000_000, second.online(), NEGLIGIBLE);
            assertEquals(1_000, second.delivered(), NEGLIGIBLE);
            assertEquals(0, second.parked() + second.queued() + second.refused(), NEGLIGIBLE);
        }
    }

    @Test
    void noMessageIsLostOrMade() {
        double delivered = 0;
        for (Second second : of(2, 0.5, 2_000, 300)) {
            delivered += second.delivered();
            double sent = 2_000.0 * (second.at() + 1);
            assertEquals(sent, delivered + second.parked() + second.queued(), NEGLIGIBLE);
            assertEquals(1_000_000, second.online() + second.away(), NEGLIGIBLE);
        }
    }

    @Test
    void aStormLastsAsLongAsEdgesNeedToTakeIt() {
        List<Second> seconds = of(0, 1, 0, 200);
        for (Second second : seconds) {
            assertTrue(second.connects() <= 4 * 5_000 + NEGLIGIBLE, second::toString);
        }
        // A million at 20,000 a second is 50 s; who is refused comes a little later than it could.
        assertTrue(seconds.get(10 + 48).away() > 1, () -> seconds.get(10 + 48).toString());
        assertTrue(seconds.get(10 + 90).away() < 1, () -> seconds.get(10 + 90).toString());
    }

    @Test
    void fewerProcessorsThanTheLimitNeedsAreTheLimit() {
        var slow = new Calibration(1_000, 5_000, 10, 600_000, 1e6, 1e6, 1, 1, 1, 1);
        var scenario = new Scenario(1_000_000, 4, 1, 64, 0, 0, 1, 10, 2, 60);
        for (Second second : Forecast.of(scenario, slow)) {
            assertTrue(second.connects() <= 4 * 2_000 + NEGLIGIBLE, second::toString);
        }
    }

    @Test
    void whatWasParkedIsDeliveredAsQuicklyAsRoutersCan() {
        List<Second> seconds = of(0, 1, 20_000, 300);
        for (Second second : seconds) {
            assertTrue(second.delivered() <= DELIVERIES + NEGLIGIBLE, second::toString);
        }
        Second last = seconds.getLast();
        assertTrue(seconds.get(40).parked() > 100_000, () -> seconds.get(40).toString());
        assertEquals(0, last.parked() + last.queued(), 1, last::toString);
    }

    @Test
    void edgesTakeNoMoreDevicesThanTheyMay() {
        Second last = of(3, 0, 0, 300).getLast();
        assertEquals(600_000, last.online(), 1, last::toString);
        assertTrue(last.refused() > 0, last::toString);
    }

    @Test
    void whereNoEdgeIsLeftNobodyComesBack() {
        assertEquals(0, of(4, 0, 0, 100).getLast().online(), NEGLIGIBLE);
    }
}
