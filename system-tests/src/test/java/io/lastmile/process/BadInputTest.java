package io.lastmile.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3Client;
import com.hivemq.client.mqtt.mqtt3.exceptions.Mqtt3ConnAckException;
import com.hivemq.client.mqtt.mqtt3.message.connect.connack.Mqtt3ConnAckReturnCode;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAckReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.publish.puback.Mqtt5PubAckReasonCode;
import io.lastmile.wire.DeviceId;
import java.net.http.HttpResponse;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong gets a clear answer, and what runs goes on. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class BadInputTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PAYLOAD_BYTES_MAX = 256 << 10;

    @ParameterizedTest
    @ValueSource(strings = {"/v1", "/v2/devices/d/messages", "/v1/devices", "/v1/nowhere/x"})
    void anUnknownPathIsNotFound(String path) throws Exception {
        assertProblem(404, SharedLastmile.api().ask(path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a%20b", "a%2Fb", "%C3%A9", "a*b", "a+b"})
    void aDeviceIdOfOtherCharactersIsRefused(String device) throws Exception {
        assertProblem(400, SharedLastmile.api().post(device, "hello"));
    }

    @Test
    void aDeviceIdThatIsTooLongIsRefused() throws Exception {
        assertProblem(400, SharedLastmile.api().post("d".repeat(DeviceId.LENGTH_MAX + 1), "hello"));
    }

    @Test
    void aBodyOverTheLimitIsRefusedAndOneAtTheLimitIsNot() throws Exception {
        ApiCalls api = SharedLastmile.api();
        assertEquals(202, api.post("big-1", "x".repeat(PAYLOAD_BYTES_MAX)).statusCode());
        JsonNode problem = assertProblem(413, api.post("big-1", "x".repeat(PAYLOAD_BYTES_MAX + 1)));
        assertTrue(
                problem.path("detail").asText().contains("262144")
                        || problem.path("detail").asText().contains("256"),
                problem.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a/b", "a+b", "é"})
    void aConnectWithABadIdIsRefused(String id) {
        Mqtt5ConnAckException refused =
                assertThrows(
                        Mqtt5ConnAckException.class,
                        () ->
                                Mqtt5Client.builder()
                                        .identifier(id)
                                        .serverHost("127.0.0.1")
                                        .serverPort(SharedLastmile.devices().getPort())
                                        .buildBlocking()
                                        .connect());
        assertEquals(
                Mqtt5ConnAckReasonCode.CLIENT_IDENTIFIER_NOT_VALID,
                refused.getMqttMessage().getReasonCode());
        assertTrue(refused.getMqttMessage().getReasonString().isPresent(), "says why");
        Mqtt3ConnAckException refused311 =
                assertThrows(
                        Mqtt3ConnAckException.class,
                        () ->
                                Mqtt3Client.builder()
                                        .identifier(id)
                                        .serverHost("127.0.0.1")
                                        .serverPort(SharedLastmile.devices().getPort())
                                        .buildBlocking()
                                        .connect());
        assertEquals(
                Mqtt3ConnAckReturnCode.IDENTIFIER_REJECTED,
                refused311.getMqttMessage().getReturnCode());
    }

    @Test
    void aDeviceThatPublishesIsToldThatItMayNotAndStays() {
        Mqtt5BlockingClient device =
                Mqtt5Client.builder()
                        .identifier("talker-1")
                        .serverHost("127.0.0.1")
                        .serverPort(SharedLastmile.devices().getPort())
                        .buildBlocking();
        var _ = device.connect();
        Mqtt5PubAckException refused =
                assertThrows(
                        Mqtt5PubAckException.class,
                        () ->
                                device.publishWith()
                                        .topic("anything")
                                        .qos(MqttQos.AT_LEAST_ONCE)
                                        .payload(new byte[] {1})
                                        .send());
        assertEquals(
                Mqtt5PubAckReasonCode.NOT_AUTHORIZED, refused.getMqttMessage().getReasonCode());
        assertTrue(device.getState().isConnected());
        device.disconnect();
    }

    private static JsonNode assertProblem(int status, HttpResponse<String> answer)
            throws Exception {
        assertEquals(status, answer.statusCode(), answer.body());
        assertEquals(
                "application/problem+json",
                answer.headers().firstValue("Content-Type").orElse("none"),
                answer.body());
        JsonNode problem = JSON.readTree(answer.body());
        assertEquals(status, problem.path("status").asInt(), answer.body());
        assertTrue(!problem.path("detail").asText().isBlank(), answer.body());
        return problem;
    }
}
