package io.lastmile.api.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.node.Admin;
import io.lastmile.node.HopSecret;
import io.lastmile.node.Metrics;
import io.lastmile.node.QueryAnswer;
import io.lastmile.node.kafka.NodesView.Seen;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.NodeRole;
import io.lastmile.wire.record.NodeRecord.Claim;
import io.lastmile.wire.record.NodeRecord.Heartbeat;
import io.lastmile.wire.record.NodeRecord.RouterPartitions;
import io.lastmile.wire.record.RevocationRecord;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StateQueriesTest {
    private final RunningApi api = new RunningApi(true);
    private final Admin router = new Admin("127.0.0.1", 0, new Metrics());

    @AfterEach
    void close() {
        router.close();
        api.close();
    }

    private static Heartbeat heartbeat(NodeRole role, String admin, Claim... claims) {
        return new Heartbeat(
                role,
                false,
                1,
                5,
                "test",
                Map.of("admin", admin),
                Map.of("messages", 3L),
                new RouterPartitions(List.of(claims), Set.of()));
    }

    private void owns(String admin, Claim... claims) {
        api.nodes.put(
                new Incarnation("router-1", 36),
                new Seen(heartbeat(NodeRole.ROUTER, admin, claims), 0, 1_606_107_600_000L));
    }

    private void ownsEverything(String admin) {
        Claim[] claims = new Claim[RunningApi.PARTITIONS];
        for (int p = 0; p < claims.length; p++) {
            claims[p] = new Claim(p, 1);
        }
        owns(admin, claims);
    }

    @Test
    void theOwnerOfThePartitionAnswers() throws Exception {
        router.query(
                "/state/messages",
                HopSecret.of("s3cr3t"),
                path -> new QueryAnswer(200, "{\"message\":\"" + path.getFirst() + "\"}"));
        router.query(
                "/state/devices",
                HopSecret.of("s3cr3t"),
                path -> new QueryAnswer(200, "{\"device\":\"" + path.getFirst() + "\"}"));
        ownsEverything(router.address());
        assertEquals("{\"message\":\"3-7\"}", api.get("/v1/messages/3-7").body());
        HttpResponse<String> device = api.get("/v1/devices/a:b@c~d");
        assertEquals(200, device.statusCode());
        assertEquals("{\"device\":\"a:b@c~d\"}", device.body());
        api.revoked.put(new DeviceId("a:b@c~d"), new RevocationRecord(5, "support", "lost"));
        assertEquals(
                "{\"device\":\"a:b@c~d\",\"revocation\":{\"at\":\"1970-01-01T00:00:00.005Z\","
                        + "\"by\":\"support\",\"reason\":\"lost\"}}",
                api.get("/v1/devices/a:b@c~d").body());
    }

    @Test
    void whatTheOwnerDoesNotKnowIsNotFound() throws Exception {
        router.query(
                "/state/messages",
                HopSecret.of("s3cr3t"),
                path -> new QueryAnswer(404, "{\"type\":\"/problems/no-such-message\"}"));
        ownsEverything(router.address());
        HttpResponse<String> answer = api.get("/v1/messages/3-7");
        assertEquals(404, answer.statusCode());
        assertEquals("{\"type\":\"/problems/no-such-message\"}", answer.body());
    }

    private HttpResponse<String> cancel(String id) throws Exception {
        return api.send(api.to("/v1/messages/" + id).DELETE());
    }

    @Test
    void anUnsettledMessageIsTakenBackByARecordOfItsDevice() throws Exception {
        router.query(
                "/state/messages",
                HopSecret.of("s3cr3t"),
                path ->
                        new QueryAnswer(
                                200,
                                "{\"id\":\"3-7\",\"device\":\"phone-1\",\"state\":\"parked\"}"));
        ownsEverything(router.address());
        HttpResponse<String> answer = cancel("3-7");
        assertEquals(202, answer.statusCode(), answer.body());
        assertEquals(
                "{\"id\":\"3-7\",\"device\":\"phone-1\",\"state\":\"cancelling\"}", answer.body());
        ProducerRecord<byte[], byte[]> record = api.kafka.history().getLast();
        assertEquals("phone-1", new String(record.key(), StandardCharsets.US_ASCII));
        assertEquals(
                "3-7",
                new String(
                        record.headers().lastHeader("cancel").value(), StandardCharsets.US_ASCII));
    }

    @Test
    void aMessageThatWaitsToBeReadIsKnownFromTheLog() throws Exception {
        router.query(
                "/state/messages", HopSecret.of("s3cr3t"), _ -> QueryAnswer.notReadYet("later"));
        ownsEverything(router.address());
        HttpResponse<String> answer = api.get("/v1/messages/" + TracedTopics.ID);
        assertEquals(200, answer.statusCode(), answer.body());
        assertTrue(
                answer.body().contains("\"device\":\"d\",\"state\":\"accepted\""), answer.body());
        assertEquals(202, cancel(TracedTopics.ID.toString()).statusCode());
        assertEquals(404, cancel("1-2").statusCode());
        assertEquals(1, api.kafka.history().size());
    }

    @Test
    void aMessageBehindAnOpenTransactionIsAcceptedAndSaysWhatHoldsItBack() throws Exception {
        router.query(
                "/state/messages", HopSecret.of("s3cr3t"), _ -> QueryAnswer.notReadYet("later"));
        ownsEverything(router.address());
        HttpResponse<String> answer = api.get("/v1/messages/" + TracedTopics.HELD_BACK);
        assertEquals(200, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("\"state\":\"accepted\""), answer.body());
        assertTrue(answer.body().contains("transaction that is open"), answer.body());
        HttpResponse<String> trace = api.get("/v1/messages/" + TracedTopics.HELD_BACK + "/trace");
        assertEquals(200, trace.statusCode(), trace.body());
        assertTrue(trace.body().contains("lastmile doctor"), trace.body());
        assertEquals(202, cancel(TracedTopics.HELD_BACK.toString()).statusCode());
    }

    @Test
    void aMisplacedMessageIsAskedOfTheOwnerOfItsDevice() throws Exception {
        router.query(
                "/state/messages",
                HopSecret.of("s3cr3t"),
                path -> QueryAnswer.ofDevice(new DeviceId("phone-1"), "misplaced"));
        router.query(
                "/state/devices",
                HopSecret.of("s3cr3t"),
                path -> new QueryAnswer(200, "{\"asked\":\"" + String.join("/", path) + "\"}"));
        ownsEverything(router.address());
        HttpResponse<String> answer = api.get("/v1/messages/3-7");
        assertEquals("{\"asked\":\"phone-1/messages/3-7\"}", answer.body());
    }

    @Test
    void whatIsBeingSettledCannotBeTakenBack() throws Exception {
        router.query(
                "/state/messages",
                HopSecret.of("s3cr3t"),
                path -> new QueryAnswer(200, "{\"device\":\"d\",\"state\":\"settling\"}"));
        ownsEverything(router.address());
        HttpResponse<String> answer = cancel("3-7");
        assertEquals(409, answer.statusCode(), answer.body());
        assertTrue(api.kafka.history().isEmpty());
    }

    @Test
    void whatIsSettledOrUnknownCannotBeTakenBack() throws Exception {
        router.query(
                "/state/messages",
                HopSecret.of("s3cr3t"),
                path ->
                        path.getFirst().equals("3-7")
                                ? new QueryAnswer(
                                        200,
                                        "{\"device\":\"d\",\"state\":\"settled\",\"outcome\":\"expired\"}")
                                : new QueryAnswer(404, "{}"));
        ownsEverything(router.address());
        HttpResponse<String> settled = cancel("3-7");
        assertEquals(409, settled.statusCode(), settled.body());
        assertTrue(settled.body().contains("ended as expired"), settled.body());
        assertEquals(404, cancel("3-8").statusCode());
        assertTrue(api.kafka.history().isEmpty());
    }

    @Test
    void aDevicesMessagesAreAskedOfTheOwner() throws Exception {
        router.query(
                "/state/devices",
                HopSecret.of("s3cr3t"),
                path -> new QueryAnswer(200, "{\"messages\":\"" + path + "\"}"));
        ownsEverything(router.address());
        assertEquals("{\"messages\":\"[d, messages]\"}", api.get("/v1/devices/d/messages").body());
    }

    @Test
    void withoutAnOwnerTheAnswerIs503() throws Exception {
        HttpResponse<String> nobody = api.get("/v1/messages/3-7");
        assertEquals(503, nobody.statusCode());
        assertEquals("2", nobody.headers().firstValue("retry-after").orElse(""));
        assertTrue(nobody.body().contains("no router owns partition 3"), nobody.body());
        router.query(
                "/state/messages", HopSecret.of("another"), path -> new QueryAnswer(200, "{}"));
        ownsEverything(router.address());
        HttpResponse<String> refused = api.get("/v1/messages/3-7");
        assertEquals(503, refused.statusCode());
        assertTrue(refused.body().contains("another hop.secret"), refused.body());
        ownsEverything("127.0.0.1:1");
        assertEquals(503, api.get("/v1/devices/d").statusCode());
        ownsEverything("not an address");
        assertEquals(503, api.get("/v1/devices/d").statusCode());
    }

    @Test
    void theHighestEpochOwns() {
        Owners owners =
                new Owners(() ->
                        Map.of(
                                new Incarnation("a", 1),
                                heartbeat(NodeRole.ROUTER, "a:1", new Claim(3, 20)),
                                new Incarnation("b", 1),
                                heartbeat(
                                        NodeRole.ROUTER, "b:1", new Claim(3, 30), new Claim(4, 1)),
                                new Incarnation("c", 1),
                                heartbeat(NodeRole.EDGE, "c:1", new Claim(3, 99))));
        assertEquals(Optional.of("b:1"), owners.adminAddress(3));
        assertEquals(Optional.of("b:1"), owners.adminAddress(4));
        assertEquals(Optional.empty(), owners.adminAddress(5));
    }

    @Test
    void nodesAreListedWithWhatTheySay() throws Exception {
        owns("127.0.0.1:9102", new Claim(3, 20));
        api.nodes.put(
                new Incarnation("router-0", 1),
                new Seen(heartbeat(NodeRole.ROUTER, "long gone:1"), 0, 1_606_000_000_000L));
        HttpResponse<String> answer = api.get("/v1/nodes");
        assertEquals(200, answer.statusCode());
        assertEquals(
                "{\"nodes\":[{\"node\":\"router-1\",\"incarnation\":\"router-1/10\",\"role\":\"router\",\"draining\":false,\"software\":\"test\",\"startedAt\":\"1970-01-01T00:00:00.005Z\",\"heartbeatAt\":\"2020-11-23T05:00:00Z\",\"addresses\":{\"admin\":\"127.0.0.1:9102\"},\"load\":{\"messages\":3},\"claims\":[{\"partition\":3,\"epoch\":20}]}]}",
                answer.body());
    }
}
