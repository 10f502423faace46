package io.lastmile.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script ./lastmile, with Java homes and a Maven that only say how they were called. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    private static final List<String> TOOLS =
            List.of(
                    "bash",
                    "dirname",
                    "readlink",
                    "find",
                    "head",
                    "grep",
                    "mkdir",
                    "cat",
                    "rm",
                    "sleep",
                    "touch",
                    "env",
                    "mktemp",
                    "mv");

    @TempDir private Path temp;
    private Path root = Path.of("");
    private Path tools = Path.of("");
    private Path homes = Path.of("");

    private record Run(int exitCode, String out, String err) {}

    @BeforeEach
    void layOut() throws IOException {
        root = Files.createDirectories(temp.resolve("a checkout"));
        tools = Files.createDirectories(temp.resolve("tools"));
        homes = Files.createDirectories(temp.resolve("the homes"));
        Path launcher = Path.of("..", "lastmile").toAbsolutePath();
        Files.copy(launcher, root.resolve("lastmile"));
        executable(root.resolve("lastmile"));
        for (String tool : TOOLS) {
            for (String folder : List.of("/usr/bin", "/bin")) {
                Path real = Path.of(folder, tool);
                if (Files.exists(real) && !Files.exists(tools.resolve(tool))) {
                    Files.createSymbolicLink(tools.resolve(tool), real);
                }
            }
        }
    }

    @Test
    void runsTheJarsOfADistributionWithJavaHome() throws Exception {
        distribution();
        Path home = home("jre-25", "25.0.1", false);

        Run run = run(Map.of("JAVA_HOME", home.toString()), "tail", "receipts", "a b");

        assertEquals(0, run.exitCode, run.err);
        assertTrue(run.out.startsWith("jre-25 "), run.out);
        assertTrue(run.out.contains("[-XX:+UseSerialGC]"), run.out);
        assertTrue(run.out.contains("[" + root + "/lib/a.jar:" + root + "/lib/b.jar]"), run.out);
        assertTrue(run.out.endsWith("[io.lastmile.cli.Main] [tail] [receipts] [a b]\n"), run.out);
    }

    @Test
    void whatDevLeavesOnTheDiskIsForItsOwnerOnly() throws Exception {
        distribution();
        Path home = home("jre-25", "25.0.1", false);
        Files.writeString(home.resolve("bin/java"), "#!/usr/bin/env bash\numask\n");
        Map<String, String> java = Map.of("JAVA_HOME", home.toString());

        assertEquals("0077\n", run(java, "dev", "--data", "x").out);
        assertEquals("0077\n", run(java, "kafka").out);
        assertNotEquals("0077\n", run(java, "replay", "--to-file", "x").out);
    }

    @Test
    void passesOverAnOlderJavaHome() throws Exception {
        distribution();
        Path old = home("jdk-17", "17.0.9", true);
        home("jdk-25", "25", true);

        Run run = run(Map.of("JAVA_HOME", old.toString()), "version");

        assertTrue(run.out.startsWith("jdk-25 "), run.out + run.err);
    }

    @Test
    void findsTheJavaOnThePathThroughLinks() throws Exception {
        distribution();
        Path home = home("elsewhere", "25.0.2", true);
        Path away = Files.move(home, temp.resolve("away"));
        Files.createSymbolicLink(tools.resolve("java"), away.resolve("bin/java"));

        Run run = run(Map.of(), "version");

        assertTrue(run.out.startsWith("away "), run.out + run.err);
    }

    @Test
    void asksAJavaThatHasNoReleaseFile() throws Exception {
        distribution();
        Path home = home("plain", "26-ea", false);
        Files.delete(home.resolve("release"));

        Run run = run(Map.of("JAVA_HOME", home.toString()), "version");

        assertTrue(run.out.startsWith("plain "), run.out + run.err);
    }

    @Test
    void saysInOneLineWhatToInstall() throws Exception {
        distribution();
        home("jdk-17", "17.0.9", true);
        home("jdk-8", "1.8.0_392", true);

        Run run = run(Map.of(), "version");

        assertEquals(1, run.exitCode);
        assertEquals(1, run.err.lines().count(), run.err);
        assertTrue(run.err.startsWith("lastmile: needs Java 25"), run.err);
        assertTrue(run.err.contains("install a JRE 25"), run.err);
    }

    @Test
    void wantsACompilerInACheckout() throws Exception {
        home("jre-25", "25", false);

        Run run = run(Map.of(), "version");

        assertEquals(1, run.exitCode);
        assertTrue(run.err.contains("install a JDK 25"), run.err);
    }

    @Test
    void saysThatMavenIsMissing() throws Exception {
        checkout();
        home("jdk-25", "25", true);

        Run run = run(Map.of(), "version");

        assertEquals(1, run.exitCode);
        assertTrue(run.err.lines().allMatch(line -> line.startsWith("lastmile: ")), run.err);
        assertTrue(run.err.contains("needs Maven"), run.err);
    }

    @Test
    void buildsOnceAndAgainWhenASourceIsNewer() throws Exception {
        checkout();
        maven("mkdir -p cli/target/lib; : >cli/target/lastmile-cli-1.jar; : >cli/target/lib/x.jar");
        home("jdk-25", "25", true);

        Run first = run(Map.of(), "version");
        Run second = run(Map.of(), "version");
        Files.setLastModifiedTime(
                root.resolve("wire/src/main/A.java"),
                FileTime.from(Instant.now().plus(Duration.ofSeconds(5))));
        Run third = run(Map.of(), "version");

        assertTrue(first.err.contains("building"), first.err);
        assertTrue(first.out.contains("[" + root + "/cli/target/lastmile-cli-1.jar:"), first.out);
        assertEquals("", second.err);
        assertEquals(first.out, second.out);
        assertTrue(third.err.contains("building"), third.err);
    }

    @Test
    void showsTheErrorsOfAFailedBuild() throws Exception {
        checkout();
        maven("echo '[ERROR] A.java: no such thing'; exit 1");
        home("jdk-25", "25", true);

        Run run = run(Map.of(), "version");

        assertEquals(1, run.exitCode);
        assertEquals("", run.out);
        assertTrue(run.err.contains("[ERROR] A.java: no such thing"), run.err);
        assertFalse(Files.exists(root.resolve(".lastmile/building")), "the lock is left behind");
    }

    @Test
    void verifyIsMavenWithTheJdkThatWasFound() throws Exception {
        checkout();
        maven("echo \"$JAVA_HOME $*\"");
        Path home = home("jdk-25", "25", true);

        Run run = run(Map.of(), "verify", "-pl", "wire");

        assertEquals(home + " -B verify -pl wire\n", run.out);
    }

    @Test
    void readyAsksTheAdminPortWithoutJava() throws Exception {
        distribution();
        for (String status : List.of("200 OK", "503 Service Unavailable")) {
            try (var port = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                var answering =
                        CompletableFuture.runAsync(() -> {
                            try (Socket caller = port.accept()) {
                                var asked = new Scanner(caller.getInputStream(), UTF_8);
                                while (!asked.nextLine().isEmpty()) {
                                    // What is unread when it closes would take the answer with it.
                                }
                                caller.getOutputStream()
                                        .write(("HTTP/1.1 " + status + "\r\n\r\n").getBytes(UTF_8));
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        });
                Run run = run(Map.of(), "ready", Integer.toString(port.getLocalPort()));
                answering.get(10, TimeUnit.SECONDS);
                assertEquals(status.startsWith("200") ? 0 : 1, run.exitCode, run.err);
                assertEquals("", run.out);
            }
        }
        Run nobody = run(Map.of(), "ready", "1");
        assertEquals(1, nobody.exitCode);
        assertTrue(nobody.err.contains("nothing listens on port 1"), nobody.err);
    }

    @Test
    void moreFlagsComeLastAndAreNoSettings() throws Exception {
        distribution();
        Path home = home("jre-25", "25", false);

        Run run =
                run(
                        Map.of("JAVA_HOME", home.toString(), "LASTMILE_JAVA_OPTS", "-Xmx1g -Da=b"),
                        "dev");

        assertTrue(run.out.contains("[-Xmx1g] [-Da=b] [-cp]"), run.out);
        assertTrue(run.out.contains(" opts= "), run.out);
    }

    @Test
    void devUsesTheCacheThatWarmMadeAsLongAsNoJarIsNewer() throws Exception {
        distribution();
        Path home = home("jre-25", "25", false);
        Map<String, String> environment = Map.of("JAVA_HOME", home.toString());
        String cache = "[-XX:AOTCache=" + root + "/lib/dev.aot]";

        Run cold = run(environment, "dev");
        Run warm = run(environment, "warm");
        Run dev = run(environment, "dev");
        Run edge = run(environment, "edge");
        Run tail = run(environment, "tail", "messages");
        Files.setLastModifiedTime(
                root.resolve("lib/b.jar"),
                FileTime.from(Instant.now().plus(Duration.ofSeconds(5))));
        Run stale = run(environment, "dev");

        assertFalse(cold.out.contains("AOTCache"), cold.out);
        assertEquals(0, warm.exitCode, warm.err);
        assertTrue(dev.out.contains(cache), dev.out);
        assertTrue(edge.out.contains(cache), edge.out);
        assertFalse(tail.out.contains("AOTCache"), tail.out);
        assertFalse(stale.out.contains("AOTCache"), stale.out);
    }

    private void distribution() throws IOException {
        Files.createDirectories(root.resolve("lib"));
        Files.createFile(root.resolve("lib/a.jar"));
        Files.createFile(root.resolve("lib/b.jar"));
    }

    private void checkout() throws IOException {
        Files.createDirectories(root.resolve("wire/src/main"));
        Files.createFile(root.resolve("pom.xml"));
        Files.createFile(root.resolve("wire/pom.xml"));
        Files.createFile(root.resolve("wire/src/main/A.java"));
        Files.createDirectories(root.resolve("cli"));
    }

    private void maven(String script) throws IOException {
        Path mvn = tools.resolve("mvn");
        Files.writeString(mvn, "#!/usr/bin/env bash\n" + script + "\n");
        executable(mvn);
    }

    private Path home(String name, String version, boolean compiler) throws IOException {
        Path home = Files.createDirectories(homes.resolve(name));
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        Files.writeString(
                java,
                """
                #!/usr/bin/env bash
                if [ "$1" = -version ]; then
                    echo 'openjdk version "%s" 2026-01-01' >&2
                    exit
                fi
                for word in "$@"; do
                    case $word in -XX:AOTCacheOutput=*) : >"${word#*=}" ;; esac
                done
                home=$(dirname "$(dirname "$(readlink -f "$0")")")
                printf '%%s opts=%%s ' "${home##*/}" "${LASTMILE_JAVA_OPTS-}"
                printf '[%%s] ' "${@:1:$#-1}"
                printf '[%%s]\\n' "${@: -1}"
                """
                        .formatted(version));
        executable(java);
        if (compiler) {
            Files.createFile(home.resolve("bin/javac"));
            executable(home.resolve("bin/javac"));
        }
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    private static void executable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Run run(Map<String, String> environment, String... arguments) throws Exception {
        var command = new java.util.ArrayList<String>();
        command.add(root.resolve("lastmile").toString());
        command.addAll(List.of(arguments));
        Path out = temp.resolve("out");
        Path err = temp.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", tools.toString());
        builder.environment().put("HOME", temp.toString());
        builder.environment().put("LASTMILE_JAVA_DIRS", "/nowhere:" + homes);
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS), "it hangs");
        return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
    }
}
