package io.lastmile.edge.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.lastmile.node.Metrics;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class ArrivalsTest {
    private long nowNs = 5;
    private final Arrivals arrivals =
            new Arrivals(new ArrivalLimits(100, 1_000, 2), () -> nowNs, new Metrics());

    private Arrival begin(String address) throws UnknownHostException {
        Arrival arrival = arrivals.begin(InetAddress.getByName(address));
        assertNotNull(arrival, address);
        return arrival;
    }

    @Test
    void aNetworkOfIpv6CountsAsOneAddress() throws UnknownHostException {
        begin("2001:db8::1");
        Arrival second = begin("2001:db8::2");
        assertNull(arrivals.begin(InetAddress.getByName("2001:db8::ffff:3")));
        begin("2001:db8:0:1::1");
        second.end();
        begin("2001:db8::3");
        assertEquals(3, arrivals.count());
    }

    @Test
    void oneBehindABalancerCountsWhereItComesFrom() throws UnknownHostException {
        begin("192.0.2.1");
        begin("192.0.2.1");
        Arrival behind = arrivals.begin(null);
        assertNotNull(behind);
        assertEquals(false, behind.comesFrom(InetAddress.getByName("192.0.2.1")));
        assertEquals(true, behind.comesFrom(InetAddress.getByName("192.0.2.2")));
        assertEquals(3, arrivals.count());
        behind.end();
        assertEquals(2, arrivals.count());
    }

    @Test
    void aSecondsWorthComesAtOnceAndTheRestAtTheRate() throws UnknownHostException {
        for (int i = 0; i < 100; i++) {
            assertEquals(0, arrivals.pauseMs());
            begin("192.0.2." + i);
        }
        assertEquals(1, arrivals.pauseMs());
        nowNs += 1_000_000;
        assertEquals(0, arrivals.pauseMs());
        begin("198.51.100.1");
        assertEquals(10, arrivals.pauseMs(), "rounded up");
        nowNs += 10_000_000;
        assertEquals(0, arrivals.pauseMs());
    }
}
