package io.lastmile.api.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.record.RevocationKey;
import io.lastmile.wire.record.RevocationRecord;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RevocationsTest {
    private static final String REVOCATION = "/v1/devices/phone-1/revocation";
    private static final RevocationRecord LOST = new RevocationRecord(5, "support", "lost");
    private final RunningApi api = new RunningApi(true);

    @AfterEach
    void close() {
        api.close();
    }

    private HttpResponse<String> send(String method, String path) throws Exception {
        return api.send(api.to(path).method(method, BodyPublishers.noBody()));
    }

    private RevocationRecord written() {
        ProducerRecord<byte[], byte[]> last = api.kafka.history().getLast();
        assertEquals("lastmile.revocations", last.topic());
        assertEquals("phone-1", new String(last.key(), StandardCharsets.UTF_8));
        return RevocationRecord.decode(last.value());
    }

    @Test
    void itIsWrittenWithItsReason() throws Exception {
        HttpResponse<String> answer = send("PUT", REVOCATION + "?reason=lost%20in%20a%20taxi");
        assertEquals(202, answer.statusCode(), answer.body());
        assertEquals("{\"device\":\"phone-1\",\"state\":\"revoked\"}", answer.body());
        assertEquals("lost in a taxi", written().reason());
    }

    @Test
    void toAllowIsATombstone() throws Exception {
        assertEquals(202, send("DELETE", REVOCATION).statusCode());
        assertNull(api.kafka.history().getLast().value());
    }

    @Test
    void whatIsKnownIsShown() throws Exception {
        assertEquals("{\"device\":\"phone-1\",\"revoked\":false}", send("GET", REVOCATION).body());
        api.revoked.put(new DeviceId("phone-1"), LOST);
        assertEquals(
                "{\"device\":\"phone-1\",\"revoked\":true,\"at\":\"1970-01-01T00:00:00.005Z\","
                        + "\"by\":\"support\",\"reason\":\"lost\"}",
                send("GET", REVOCATION).body());
    }

    @Test
    void toDisconnectTakesNoRevocationsPlace() throws Exception {
        assertEquals(202, send("POST", "/v1/devices/phone-1/disconnect").statusCode());
        List<ProducerRecord<byte[], byte[]>> two = api.kafka.history();
        assertEquals(2, two.size());
        for (ProducerRecord<byte[], byte[]> record : two) {
            assertEquals(
                    new RevocationKey(new DeviceId("phone-1"), true),
                    RevocationKey.decode(record.key()));
        }
        assertNull(two.getLast().value(), "nobody keeps it");
    }

    @Test
    void noMoreAreRevokedThanEveryEdgeCanKeep() throws Exception {
        api.revoked.put(new DeviceId("a"), LOST);
        api.revoked.put(new DeviceId("b"), LOST);
        HttpResponse<String> answer = send("PUT", REVOCATION);
        assertEquals(409, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("api.revocations.max"), answer.body());
        assertEquals(202, send("PUT", "/v1/devices/a/revocation").statusCode(), "known already");
    }

    @Test
    void aReasonIsShort() throws Exception {
        HttpResponse<String> answer = send("PUT", REVOCATION + "?reason=" + "x".repeat(201));
        assertEquals(400, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("at most 200 characters"), answer.body());
    }

    /** It is shown in terminals and logs, where a line must stay one. */
    @ParameterizedTest
    @ValueSource(strings = {"%0A", "%1B%5B2J", "a%00", "%C2%85", "%E2%80%A8", "%7F"})
    void aReasonIsAText(String reason) throws Exception {
        HttpResponse<String> refused = send("PUT", REVOCATION + "?reason=" + reason);
        assertEquals(400, refused.statusCode());
        assertTrue(refused.body().contains("/problems/reason"), refused.body());
        assertEquals(0, api.kafka.history().size());
    }
}
