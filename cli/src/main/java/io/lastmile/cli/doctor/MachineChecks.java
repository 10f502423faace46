package io.lastmile.cli.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Limits of this machine for an edge with so many connections. What the files of /proc say comes in
 * from a folder, so that tests can make one.
 */
final class MachineChecks {
    /** Files of a process besides devices: jars, logs, Kafka, hops. */
    private static final long OTHER_FILES = 1_000;

    /** Kernel memory of an idle TCP connection, measured (docs/performance.md). */
    private static final long KERNEL_BYTES_EACH = 4_200;

    private final Path proc;
    private final long connections;
    private final List<Finding> findings = new ArrayList<>();

    private MachineChecks(Path proc, long connections) {
        this.proc = proc;
        this.connections = connections;
    }

    static List<Finding> of(Path proc, long connections) {
        if (!Files.isDirectory(proc)) {
            return List.of(Finding.ok("machine", "no Linux: its limits are not looked at"));
        }
        MachineChecks checks = new MachineChecks(proc, connections);
        checks.openFiles();
        checks.atLeast(
                "sys/net/core/somaxconn",
                "net.core.somaxconn",
                4_096,
                "connections that wait to be accepted; more are turned away in a storm");
        checks.atLeast(
                "sys/net/ipv4/tcp_max_syn_backlog",
                "net.ipv4.tcp_max_syn_backlog",
                4_096,
                "half-open connections in a storm");
        checks.atLeast(
                "sys/fs/file-max",
                "fs.file-max",
                connections + OTHER_FILES,
                "open files of the whole machine");
        checks.atLeast(
                "sys/fs/epoll/max_user_watches",
                "fs.epoll.max_user_watches",
                connections + OTHER_FILES,
                "sockets that the processes of one user may watch");
        checks.conntrack();
        checks.memory();
        return List.copyOf(checks.findings);
    }

    private void openFiles() {
        long limit = -1;
        for (String line : lines("self/limits")) {
            if (line.startsWith("Max open files")) {
                String soft =
                        line.substring("Max open files".length()).strip().replaceAll(" .*", "");
                limit = soft.equals("unlimited") ? Long.MAX_VALUE : number(soft);
            }
        }
        long needed = connections + OTHER_FILES;
        if (limit < 0) {
            return;
        }
        findings.add(
                limit >= needed
                        ? Finding.ok("open files", "a process may have " + limit)
                        : Finding.warn(
                                "open files",
                                "a process may have %d, %d connections need %d: raise ulimit -n, LimitNOFILE of systemd or the container's nofile"
                                        .formatted(limit, connections, needed)));
    }

    private void atLeast(String file, String name, long wanted, String why) {
        List<String> lines = lines(file);
        long is = lines.isEmpty() ? -1 : number(lines.getFirst().strip());
        if (is < 0) {
            return;
        }
        findings.add(
                is >= wanted
                        ? Finding.ok(name, Long.toString(is))
                        : Finding.warn(
                                name,
                                "%d is less than %d (%s): sysctl -w %s=%d"
                                        .formatted(is, wanted, why, name, wanted)));
    }

    private void conntrack() {
        List<String> lines = lines("sys/net/netfilter/nf_conntrack_max");
        if (!lines.isEmpty()) {
            atLeast(
                    "sys/net/netfilter/nf_conntrack_max",
                    "net.netfilter.nf_conntrack_max",
                    connections + connections / 4,
                    "connections that the firewall can follow; it drops others without a word");
        }
    }

    private void memory() {
        for (String line : lines("meminfo")) {
            if (line.startsWith("MemTotal:")) {
                long bytes = number(line.replaceAll("[^0-9]", "")) * 1024;
                long needed = connections * KERNEL_BYTES_EACH;
                findings.add(
                        bytes / 2 >= needed
                                ? Finding.ok("memory", (bytes >> 20) + " MiB")
                                : Finding.warn(
                                        "memory",
                                        "%d MiB: the kernel alone needs %d MiB for %d connections"
                                                .formatted(
                                                        bytes >> 20, needed >> 20, connections)));
            }
        }
    }

    private static long number(String text) {
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : -1;
    }

    private List<String> lines(String file) {
        try {
            return Files.readAllLines(proc.resolve(file));
        } catch (IOException e) {
            return List.of(); // not every kernel or container has it
        }
    }
}
