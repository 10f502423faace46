package io.lastmile.edge.mqtt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.edge.auth.Authentication;
import io.lastmile.edge.auth.Credentials;
import io.lastmile.edge.auth.PendingConnect;
import io.lastmile.edge.mqtt.MqttWorld.Device;
import io.lastmile.edge.session.Verdict;
import io.lastmile.wire.DeviceId;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who is let in, and at whose cost. */
class AdmissionTest {
    private final MqttWorld world = new MqttWorld();

    /** CONNECTs whose verdict the test gives. */
    private static final class ByHand implements Authentication {
        final List<PendingConnect> pending = new ArrayList<>();

        @Override
        public @Nullable Verdict check(Credentials credentials, PendingConnect connect) {
            pending.add(connect);
            return null;
        }

        @Override
        public void forget(PendingConnect connect) {
            pending.remove(connect);
        }
    }

    private Device device() {
        world.nowMs += 200; // no faster than CONNECTs are taken
        return world.device(MqttVersion.MQTT_5);
    }

    private int connected(String id) {
        Device device = device();
        return device.connectedWith(device.connect(id));
    }

    private static int answer(Device device) {
        device.connection.runLoop();
        return ((MqttConnAckMessage) device.takeOne())
                        .variableHeader()
                        .connectReturnCode()
                        .byteValue()
                & 0xff;
    }

    @Test
    void whatHasEndedByNowGetsNobodyInAndThrowsNobodyOut() {
        Device good = device();
        assertEquals(0, good.connectedWith(good.connect("phone-1")));
        for (long sinceMs : new long[] {0, 1, 59_000}) {
            world.authentication =
                    (credentials, connect) -> new Verdict.Accepted(world.nowMs - sinceMs);
            assertEquals(0x86, connected("phone-1"), sinceMs + " ms ago");
        }
        good.connection.runLoop();
        assertFalse(good.connection.closed);
        assertEquals(List.of(), good.take());
        assertEquals(1, world.devices.size());
    }

    @Test
    void whatEndsInThisVerySecondIsNotTakenOnlyToBeClosed() {
        world.nowMs = 1_000_000;
        world.authentication = (credentials, connect) -> new Verdict.Accepted(1_000_999);
        Device device = world.device(MqttVersion.MQTT_5);
        assertEquals(0x86, device.connectedWith(device.connect("phone-1")));
        world.authentication = (credentials, connect) -> new Verdict.Accepted(1_001_000);
        Device later = world.device(MqttVersion.MQTT_5);
        assertEquals(0, later.connectedWith(later.connect("phone-1")));
        later.sweep();
        assertFalse(later.connection.closed);
    }

    @Test
    void whatEndsWhileItIsCheckedGetsNobodyIn() {
        ByHand byHand = new ByHand();
        world.authentication = byHand;
        Device device = device();
        device.send(device.connect("phone-1").build());
        Verdict.Accepted accepted = new Verdict.Accepted(world.nowMs + 5_000);
        world.nowMs += 6_000;
        byHand.pending.getFirst().decided(accepted);
        assertEquals(0x86, answer(device));
    }

    @Test
    void aCertificateThatEndedSinceItsHandshakeIsRefusedWhateverElseIsShown() {
        Device device = device();
        device.connection.certificateEnded = true;
        assertEquals(0x86, device.connectedWith(device.connect("phone-1")));
        assertTrue(device.connection.closed);
    }

    @Test
    void whoIsLockedWhileItIsCheckedDoesNotHearThatItIsConnected() {
        ByHand byHand = new ByHand();
        world.authentication = byHand;
        Device device = device();
        device.send(device.connect("phone-1").build());
        world.revoked.add(new DeviceId("phone-1"));
        byHand.pending.getFirst().decided(new Verdict.Accepted(Verdict.FOR_EVER));
        assertEquals(0x8A, answer(device));
        assertEquals(0, world.devices.size());
    }

    @Test
    void nothingIsCheckedForAConnectionThatIsGone() {
        ByHand byHand = new ByHand();
        world.authentication = byHand;
        Device gone = device();
        gone.send(gone.connect("phone-1").build());
        gone.closedByDevice();
        Device late = device();
        late.send(late.connect("phone-2").build());
        world.nowMs += 11_000;
        late.sweep(); // the deadline of CONNECT
        assertTrue(late.connection.closed);
        assertEquals(List.of(), byHand.pending);
    }

    @Test
    void whoFailsIsShutOutFromThereAloneAndOnlyForThatDevice() throws UnknownHostException {
        world.authentication = (credentials, connect) -> new Verdict.Refused("a guess");
        for (int i = 0; i < 5; i++) {
            assertEquals(0x86, connected("phone-1"));
        }
        world.authentication = Authentication.NONE;
        assertEquals(0x9F, connected("phone-1"));
        assertEquals(0, connected("phone-2"), "behind the same address, and never failed");
        Device elsewhere = device();
        elsewhere.connection.origin = InetAddress.getByName("192.0.2.1");
        assertEquals(0, elsewhere.connectedWith(elsewhere.connect("phone-1")));
        world.nowMs += 61_000;
        assertEquals(0, connected("phone-1"));
    }

    @Test
    void whoFailsTooOftenMeanwhileIsNotChecked() {
        ByHand byHand = new ByHand();
        world.authentication = byHand;
        for (int i = 0; i < 6; i++) {
            Device device = device();
            device.send(device.connect("phone-1").build());
            if (i < 5) {
                PendingConnect connect = byHand.pending.get(i);
                assertTrue(connect.isWelcome());
                connect.decided(new Verdict.Refused("a guess"));
                device.connection.runLoop();
            } else {
                assertEquals(0x9F, answer(device));
            }
        }
        assertFalse(byHand.pending.getFirst().isWelcome());
    }
}
