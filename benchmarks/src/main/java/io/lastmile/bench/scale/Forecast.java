package io.lastmile.bench.scale;

import java.util.ArrayList;
import java.util.List;

/**
 * What a scenario comes to, second by second: devices and messages are amounts that flow from one
 * state to the next as quickly as the narrowest part lets them. The same scenario comes to the
 * same.
 */
public final class Forecast {
    private final Scenario scenario;
    private final Calibration calibration;
    private final double[] arrivals; // by second
    private final List<Second> seconds = new ArrayList<>();
    private double online;
    private double unopened; // connected, and no router has taken note
    private double parked;
    private double queued;

    private Forecast(Scenario scenario, Calibration calibration) {
        this.scenario = scenario;
        this.calibration = calibration;
        this.arrivals =
                new double
                        [scenario.seconds()
                                + Math.max(
                                        scenario.returnSeconds(),
                                        calibration.refusedSpreadSeconds())
                                + 1];
        this.online = scenario.devices();
    }

    /** All seconds of a scenario. */
    public static List<Second> of(Scenario scenario, Calibration calibration) {
        Forecast forecast = new Forecast(scenario, calibration);
        for (int at = 0; at < scenario.seconds(); at++) {
            forecast.pass(at);
        }
        return forecast.seconds;
    }

    private void pass(int at) {
        if (at == Scenario.FAULT_AT_SECONDS) {
            double lost = scenario.devicesThatLose();
            online -= lost;
            spread(lost, at, scenario.returnSeconds());
        }
        boolean faulty = at >= Scenario.FAULT_AT_SECONDS;
        int edges = faulty ? scenario.edgesLeft() : scenario.edges();
        double connects = connects(arrivals[at], edges);
        double refused = arrivals[at] - connects;
        spread(refused, at + 1, calibration.refusedSpreadSeconds());
        open(connects);
        double delivered = messages();
        seconds.add(
                new Second(
                        at,
                        online,
                        Math.max(0, scenario.devices() - online),
                        connects,
                        refused,
                        delivered,
                        parked,
                        queued));
    }

    /** So many come within the seconds from that one on, evenly; those too late to see are lost. */
    private void spread(double devices, int from, int over) {
        for (int at = from; at < Math.min(from + over, arrivals.length); at++) {
            arrivals[at] += devices / over;
        }
    }

    private double connects(double coming, int edges) {
        double places = edges * (double) calibration.sessionsMax() - online - unopened;
        double rate = edges * calibration.connectsPerSecond(scenario.edgeProcessors());
        return Math.max(0, Math.min(coming, Math.min(places, rate)));
    }

    /** Whoever is opened brings the messages that were parked for it. */
    private void open(double connects) {
        unopened += connects;
        double opened = Math.min(unopened, scenario.routers() * calibration.opensPerSecond());
        double away = scenario.devices() - online;
        double woken = away > 0 ? parked * Math.min(1, opened / away) : 0;
        unopened -= opened;
        online += opened;
        parked = Math.max(0, parked - woken);
        queued += woken;
    }

    private double messages() {
        double toOnline = scenario.messagesPerSecond() * online / scenario.devices();
        parked += scenario.messagesPerSecond() - toOnline;
        queued += toOnline;
        double delivered = Math.min(queued, scenario.routers() * calibration.deliveriesPerSecond());
        queued -= delivered;
        return delivered;
    }
}
