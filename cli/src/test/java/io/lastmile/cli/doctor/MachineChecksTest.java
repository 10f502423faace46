package io.lastmile.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineChecksTest {
    @TempDir private Path proc;

    private void write(String file, String text) throws IOException {
        Path path = proc.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private List<String> findings(long connections) {
        return MachineChecks.of(proc, connections).stream()
                .map(found -> found.level().label() + " " + found.what() + ": " + found.says())
                .toList();
    }

    @Test
    void limitsThatSufficeAreFine() throws IOException {
        write("self/limits", "Max open files            1000000              1000000      files\n");
        write("sys/net/core/somaxconn", "4096\n");
        write("meminfo", "MemTotal:       24000000 kB\n");
        assertEquals(
                List.of(
                        "ok open files: a process may have 1000000",
                        "ok net.core.somaxconn: 4096",
                        "ok memory: 23437 MiB"),
                findings(100_000));
    }

    @Test
    void whatIsTooLittleComesWithTheFix() throws IOException {
        write("self/limits", "Max open files            1024                 4096         files\n");
        write("sys/net/core/somaxconn", "128\n");
        write("sys/net/netfilter/nf_conntrack_max", "65536\n");
        write("meminfo", "MemTotal:       500000 kB\n");
        List<String> findings = findings(100_000);
        assertTrue(findings.get(0).startsWith("warn open files: a process may have 1024"));
        assertTrue(findings.get(0).contains("100000 connections need 101000"));
        assertTrue(findings.get(1).endsWith("sysctl -w net.core.somaxconn=4096"));
        assertTrue(findings.get(2).endsWith("sysctl -w net.netfilter.nf_conntrack_max=125000"));
        assertTrue(findings.get(3).startsWith("warn memory: 488 MiB"), findings.toString());
    }

    @Test
    void withoutProcNothingIsSaid() {
        assertEquals(
                List.of("ok machine: no Linux: its limits are not looked at"),
                MachineChecks.of(proc.resolve("none"), 1).stream()
                        .map(found -> "ok " + found.what() + ": " + found.says())
                        .toList());
    }
}
