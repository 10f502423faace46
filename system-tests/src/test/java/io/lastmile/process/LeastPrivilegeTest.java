package io.lastmile.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.architecture.SourceTree;
import io.lastmile.bench.load.Until;
import io.lastmile.bench.process.Deployment;
import io.lastmile.bench.process.ServerProcess;
import io.lastmile.process.foreign.EdgeUrl;
import io.lastmile.process.foreign.ForeignClient;
import io.lastmile.process.foreign.ForeignDevice;
import io.lastmile.process.foreign.Inbox;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each role works with exactly the ACLs that docs/operating/kafka.md gives it. */
class LeastPrivilegeTest {
    private static final String NAME = "acls";
    private static final List<String> ROLES = List.of("api", "router", "edge");
    private static final Pattern LINE = Pattern.compile("(?m)^ {4}kafka-acls\\.sh --add (.*)$");
    private static final Pattern OPTION = Pattern.compile("--([a-z-]+) (\\S+)");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** The bindings of the page, for the topics of this test. */
    private static List<AclBinding> ofThePage() {
        List<AclBinding> bindings = new ArrayList<>();
        Matcher line =
                LINE.matcher(SourceTree.text(SourceTree.root().resolve("docs/operating/kafka.md")));
        while (line.find()) {
            Map<String, List<String>> options = new HashMap<>();
            Matcher option = OPTION.matcher(line.group(1));
            while (option.find()) {
                options.computeIfAbsent(option.group(1), _ -> new ArrayList<>())
                        .add(option.group(2));
            }
            PatternType pattern =
                    options.containsKey("resource-pattern-type")
                            ? PatternType.PREFIXED
                            : PatternType.LITERAL;
            for (ResourceType type :
                    List.of(
                            ResourceType.TOPIC,
                            ResourceType.GROUP,
                            ResourceType.TRANSACTIONAL_ID)) {
                String called = type.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
                for (String name : options.getOrDefault(called, List.of())) {
                    var resource =
                            new ResourcePattern(
                                    type,
                                    name.replace("lastmile.", Processes.prefix(NAME)),
                                    pattern);
                    bindings.addAll(allowed(resource, options));
                }
            }
        }
        return bindings;
    }

    private static List<AclBinding> allowed(
            ResourcePattern resource, Map<String, List<String>> options) {
        List<AclBinding> bindings = new ArrayList<>();
        for (String principal : options.getOrDefault("allow-principal", List.of())) {
            for (String operation : options.getOrDefault("operation", List.of())) {
                bindings.add(
                        new AclBinding(
                                resource,
                                new AccessControlEntry(
                                        principal,
                                        "*",
                                        AclOperation.fromString(
                                                operation.replaceAll("([a-z])([A-Z])", "$1_$2")),
                                        AclPermissionType.ALLOW)));
            }
        }
        return bindings;
    }

    private static String[] as(String user) {
        return DenyingKafka.client(user).entrySet().stream()
                .map(setting -> "--kafka." + setting.getKey() + "=" + setting.getValue())
                .toArray(String[]::new);
    }

    @Test
    @Timeout(value = 180, unit = TimeUnit.SECONDS)
    void eachRoleWorksWithWhatThePageGivesIt(@TempDir Path data) throws Exception {
        try (DenyingKafka kafka = new DenyingKafka(data.resolve("kafka"), ROLES);
                Deployment deployment = Processes.deployment(NAME, "--kafka.single-replica=true")) {
            String bootstrap = kafka.bootstrap();
            deployment.api("first", bootstrap, as("admin")).start().stop(); // it makes the topics
            Map<String, Object> admin = new HashMap<>(DenyingKafka.client("admin"));
            admin.put("bootstrap.servers", bootstrap);
            try (Admin asAdmin = Admin.create(admin)) {
                List<AclBinding> bindings = ofThePage();
                assertTrue(bindings.size() > 20, "found: " + bindings);
                asAdmin.createAcls(bindings).all().get(10, TimeUnit.SECONDS);
            }
            ServerProcess api = deployment.api("api", bootstrap, as("api"));
            ServerProcess router = deployment.router("router", bootstrap, as("router"));
            ServerProcess edge = deployment.edge("edge", bootstrap, as("edge"));
            Deployment.startAll(api, router, edge);

            DeviceId device = new DeviceId("least-1");
            MessageId id;
            try (ForeignDevice subscribed =
                    ForeignClient.HIVEMQ_5.connect(
                            EdgeUrl.tcp(edge.port("edge.mqtt.port")),
                            new Inbox(device.value(), "inbox/+", 1))) {
                id = new ApiCalls(api.port("api.port")).accepted(device, "allowed");
                assertEquals("allowed", subscribed.next().payload());
            }
            // Its receipt: the router's transaction went through, and the API may read of it.
            Until.holds(
                    "the trace knows the outcome",
                    Duration.ofSeconds(20),
                    () -> trace(api, id).contains("delivered"));
            for (ServerProcess process : List.of(api, router, edge)) {
                assertFalse(process.output().contains("Not authorized"), process.output());
            }
        }
    }

    private static String trace(ServerProcess api, MessageId id) {
        try {
            var uri =
                    URI.create(
                            "http://127.0.0.1:%d/v1/messages/%s/trace"
                                    .formatted(api.port("api.port"), id));
            return HTTP.send(
                            HttpRequest.newBuilder(uri).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
