package io.lastmile.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Somebody disconnects a device through the API, and lets it in no more. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class RevocationTest {
    private static final int BANNED = 0x8A;
    private static final String DEVICE = "stolen-1";
    private static final String REVOCATION = "/v1/devices/" + DEVICE + "/revocation";

    private static MqttClient device() throws MqttException {
        return new MqttClient(
                "tcp://127.0.0.1:" + SharedLastmile.devices().getPort(),
                DEVICE,
                new MemoryPersistence());
    }

    private static void subscribe(MqttClient client) throws MqttException {
        client.connect();
        var _ = client.subscribe("inbox", 1);
    }

    private static void accepted(HttpResponse<String> answer, String state) {
        assertEquals(202, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("\"state\":\"" + state + "\""), answer.body());
    }

    private static boolean answers(String part) {
        return SharedLastmile.api().ask(REVOCATION).body().contains(part);
    }

    @Test
    void aRevokedDeviceIsDisconnectedAndRefusedUntilItIsAllowed() throws Exception {
        MqttClient client = device();
        subscribe(client);
        accepted(SharedLastmile.api().put(REVOCATION + "?reason=lost"), "revoked");
        await().atMost(Duration.ofSeconds(20)).until(() -> !client.isConnected());
        MqttException refused = assertThrows(MqttException.class, client::connect);
        assertEquals(BANNED, refused.getReasonCode());
        await().until(() -> answers("\"revoked\":true"));
        assertTrue(answers("\"reason\":\"lost\""));
        // What waits for it stays until it expires or is taken back.
        assertEquals(202, SharedLastmile.api().post(DEVICE, "for later").statusCode());

        accepted(SharedLastmile.api().delete(REVOCATION), "allowed");
        await().atMost(Duration.ofSeconds(20))
                .ignoreException(MqttException.class)
                .until(() -> {
                    client.connect();
                    return true;
                });
        client.disconnect();
        client.close();
    }

    @Test
    void aDisconnectedDeviceMayComeAgainAtOnce() throws Exception {
        MqttClient client = device();
        subscribe(client);
        accepted(
                SharedLastmile.api().postNothing("/v1/devices/" + DEVICE + "/disconnect"),
                "disconnecting");
        await().atMost(Duration.ofSeconds(20)).until(() -> !client.isConnected());
        subscribe(client);
        assertTrue(answers("\"revoked\":false"));
        client.disconnect();
        client.close();
    }
}
