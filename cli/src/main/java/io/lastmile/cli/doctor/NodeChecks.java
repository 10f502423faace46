package io.lastmile.cli.doctor;

import io.lastmile.cli.NodesNow;
import io.lastmile.wire.NodeRole;
import io.lastmile.wire.record.NodeRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What nodes tells: who is there, and whether that is enough. */
final class NodeChecks {
    /** Clocks further apart than this move times in receipts and traces. */
    static final long SKEW_MS = 2_000;

    private NodeChecks() {}

    /**
     * The findings.
     *
     * @param nowMs by this machine's clock
     */
    static List<Finding> of(NodesNow nodes, int partitions, long nowMs) {
        List<Finding> findings = new ArrayList<>();
        List<NodesNow.Seen> here = nodes.here(nowMs);
        namesakes(findings, here);
        count(findings, here, NodeRole.ROUTER, "its partitions wait while it restarts");
        count(findings, here, NodeRole.EDGE, "its devices have nowhere else to go");
        owners(findings, here, partitions);
        Set<String> versions =
                here.stream()
                        .map(seen -> seen.heartbeat().software())
                        .collect(Collectors.toCollection(TreeSet::new));
        if (versions.size() > 1) {
            findings.add(
                    Finding.warn(
                            "versions",
                            "nodes run %s: finish the upgrade"
                                    .formatted(String.join(", ", versions))));
        }
        here.stream()
                .filter(seen -> seen.heartbeat().draining())
                .forEach(seen ->
                        findings.add(
                                Finding.warn(
                                        seen.node().toString(),
                                        "is draining: it is about to stop")));
        clocks(findings, here, nowMs);
        return findings;
    }

    /** Names that several nodes have: edges take the hop of the one for that of the other. */
    private static void namesakes(List<Finding> findings, List<NodesNow.Seen> here) {
        Map<String, List<String>> adminsByName = new TreeMap<>();
        for (NodesNow.Seen seen : here) {
            adminsByName
                    .computeIfAbsent(seen.node().node(), name -> new ArrayList<>())
                    .add(seen.heartbeat().addresses().getOrDefault("admin", "?"));
        }
        adminsByName.forEach((name, admins) -> {
            if (admins.size() > 1) {
                findings.add(
                        Finding.fail(
                                name,
                                "%d nodes that live have this name (admin %s) and cut each other's hops: give each one of its own with --node.name"
                                        .formatted(admins.size(), String.join(", ", admins))));
            }
        });
    }

    /** Whether another node that lives has its name. */
    static boolean hasNamesake(NodesNow.Seen seen, List<NodesNow.Seen> here) {
        return here.stream()
                .anyMatch(other ->
                        !other.node().equals(seen.node())
                                && other.node().node().equals(seen.node().node()));
    }

    private static void count(
            List<Finding> findings, List<NodesNow.Seen> here, NodeRole role, String whyTwo) {
        long count = here.stream().filter(seen -> seen.heartbeat().role() == role).count();
        String what = role.label() + "s";
        if (count == 0) {
            findings.add(
                    Finding.fail(
                            what,
                            "none is there: start one with lastmile %s".formatted(role.label())));
        } else if (count == 1) {
            findings.add(Finding.warn(what, "only one is there: " + whyTwo));
        } else {
            findings.add(Finding.ok(what, count + " are there"));
        }
    }

    private static void owners(List<Finding> findings, List<NodesNow.Seen> here, int partitions) {
        Set<Integer> owned = new TreeSet<>();
        for (NodesNow.Seen seen : here) {
            for (NodeRecord.Claim claim : seen.heartbeat().claims()) {
                owned.add(claim.partition());
            }
        }
        if (owned.size() < partitions) {
            findings.add(
                    Finding.fail(
                            "owners",
                            "%d of %d partitions have no router: look at the routers' logs, and again in a minute"
                                    .formatted(partitions - owned.size(), partitions)));
        } else {
            findings.add(
                    Finding.ok("owners", "all %d partitions have a router".formatted(partitions)));
        }
    }

    /** The broker wrote the newest heartbeat a moment ago: its clock against ours. */
    private static void clocks(List<Finding> findings, List<NodesNow.Seen> here, long nowMs) {
        long newestMs = here.stream().mapToLong(NodesNow.Seen::appendedAtMs).max().orElse(nowMs);
        if (newestMs - nowMs > SKEW_MS) {
            findings.add(
                    Finding.warn(
                            "clocks",
                            "Kafka's clock is %d ms ahead of this machine's: keep both with NTP"
                                    .formatted(newestMs - nowMs)));
        } else {
            findings.add(Finding.ok("clocks", "Kafka's clock is not ahead of this machine's"));
        }
    }
}
