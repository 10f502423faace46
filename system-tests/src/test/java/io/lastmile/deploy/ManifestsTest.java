package io.lastmile.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.lastmile.architecture.SourceTree;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The Kubernetes manifests have only fields that Kubernetes knows, and fit to each other. */
class ManifestsTest {
    private static final String FOLDER = "deploy/kubernetes";
    private static final Pattern VARIABLE = Pattern.compile("\\bLASTMILE_[A-Z_]+");
    private static final Pattern SETTING = Pattern.compile("(?m)^\\| `([a-z.-]+)` \\|");

    private static Map<String, Deployment> deployments() throws IOException {
        return Manifests.of(Manifests.of(FOLDER), Deployment.class).stream()
                .collect(Collectors.toMap(d -> d.getMetadata().getName(), d -> d));
    }

    @Test
    void whatKubernetesDoesNotKnowIsAnError() throws IOException {
        String known = SourceTree.text(SourceTree.root().resolve(FOLDER + "/edge.yaml"));
        assertEquals(3, Manifests.read(known).size());
        for (String field :
                List.of("readinessProbe", "runAsNonRoot", "replicas", "maxUnavailable")) {
            assertThrows(
                    UnrecognizedPropertyException.class,
                    () -> Manifests.read(known.replace(field + ":", field + "s:")),
                    field);
        }
    }

    @Test
    void eachServiceRunsWithNoMoreThanItNeeds() throws IOException {
        Map<String, Deployment> deployments = deployments();
        assertEquals(Set.of("api", "router", "edge"), deployments.keySet());
        for (Deployment deployment : deployments.values()) {
            PodSpec pod = deployment.getSpec().getTemplate().getSpec();
            assertTrue(pod.getSecurityContext().getRunAsNonRoot());
            assertEquals(10_001L, pod.getSecurityContext().getRunAsUser());
            assertEquals(false, pod.getAutomountServiceAccountToken());
            Container container = pod.getContainers().getFirst();
            assertTrue(container.getSecurityContext().getReadOnlyRootFilesystem());
            assertEquals(false, container.getSecurityContext().getAllowPrivilegeEscalation());
            assertEquals(
                    List.of("ALL"), container.getSecurityContext().getCapabilities().getDrop());
            assertNotNull(container.getReadinessProbe());
            assertNotNull(container.getLivenessProbe());
            assertEquals(List.of(deployment.getMetadata().getName()), container.getArgs());
        }
    }

    @Test
    void anEdgeHasTheTimeToDrain() throws IOException {
        PodSpec edge =
                Objects.requireNonNull(deployments().get("edge")).getSpec().getTemplate().getSpec();
        assertNotNull(edge.getContainers().getFirst().getLifecycle().getPreStop());
        // preStop 5 s + edge.drain.period, edge.drain.ack-wait and edge.stop.wait at their longest
        assertTrue(edge.getTerminationGracePeriodSeconds() >= 5 + 30 + 15 + 10);
    }

    @Test
    void selectorsAndPortsMeetWhatIsThere() throws IOException {
        List<HasMetadata> objects = Manifests.of(FOLDER);
        Map<String, Deployment> deployments = deployments();
        for (Service service : Manifests.of(objects, Service.class)) {
            Deployment target =
                    Objects.requireNonNull(deployments.get(service.getMetadata().getName()));
            var template = target.getSpec().getTemplate();
            assertEquals(service.getSpec().getSelector(), template.getMetadata().getLabels());
            Set<String> ports =
                    template.getSpec().getContainers().getFirst().getPorts().stream()
                            .map(ContainerPort::getName)
                            .collect(Collectors.toSet());
            service.getSpec()
                    .getPorts()
                    .forEach(port -> assertTrue(ports.contains(port.getTargetPort().getStrVal())));
        }
        assertEquals(
                deployments.keySet(),
                Manifests.of(objects, PodDisruptionBudget.class).stream()
                        .map(budget -> budget.getSpec().getSelector().getMatchLabels())
                        .map(labels -> labels.get("app.kubernetes.io/name"))
                        .collect(Collectors.toSet()));
    }

    @Test
    void autoscalersAskForMetricsThatAreThere() throws IOException {
        List<HasMetadata> objects = Manifests.of(FOLDER + "/autoscaling");
        String metrics = SourceTree.text(SourceTree.root().resolve("docs/metrics.md"));
        for (HasMetadata object : objects) {
            var spec = ((HorizontalPodAutoscaler) object).getSpec();
            assertTrue(deployments().containsKey(spec.getScaleTargetRef().getName()));
            spec.getMetrics().stream()
                    .filter(metric -> metric.getPods() != null)
                    .map(metric -> metric.getPods().getMetric().getName())
                    .forEach(name -> assertTrue(metrics.contains("`" + name + "` | gauge"), name));
        }
        assertEquals(2, objects.size());
    }

    @Test
    void everyVariableIsASetting() throws IOException {
        Set<String> settings = new HashSet<>();
        Matcher setting =
                SETTING.matcher(
                        SourceTree.text(SourceTree.root().resolve("docs/configuration.md")));
        while (setting.find()) {
            settings.add(
                    "LASTMILE_"
                            + setting.group(1).toUpperCase(Locale.ROOT).replaceAll("[.-]", "_"));
        }
        Set<String> used = new TreeSet<>();
        for (String file :
                List.of(
                        "docker-compose.yml",
                        "deploy/compose/secure.yml",
                        "deploy/compose/cluster.yml")) {
            Matcher variable =
                    Pattern.compile("(?m)^ +(LASTMILE_[A-Z_]+):")
                            .matcher(SourceTree.text(SourceTree.root().resolve(file)));
            while (variable.find()) {
                used.add(variable.group(1));
            }
        }
        for (Deployment deployment : deployments().values()) {
            deployment
                    .getSpec()
                    .getTemplate()
                    .getSpec()
                    .getContainers()
                    .getFirst()
                    .getEnv()
                    .stream()
                    .map(EnvVar::getName)
                    .filter(name -> VARIABLE.matcher(name).matches())
                    .forEach(used::add);
        }
        Manifests.of(Manifests.of(FOLDER), ConfigMap.class)
                .forEach(map -> used.addAll(map.getData().keySet()));
        assertTrue(used.size() > 15, "variables are found: " + used);
        used.removeAll(settings);
        assertEquals(Set.of(), used, "variables that are no setting");
    }
}
