package io.lastmile.bench.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How to start the {@code lastmile} command in a JVM of its own: which Java, which class path,
 * which flags.
 */
public record JavaLaunch(Path java, String classPath, List<String> flags) {
    private static final String MAIN = "io.lastmile.cli.Main";

    private static final List<String> COMMON =
            List.of(
                    "-XX:+UseSerialGC",
                    "-XX:+UseCompactObjectHeaders",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow");

    public JavaLaunch {
        flags = List.copyOf(flags);
    }

    /** With the Java and the class path of this process, and more flags for the JVM. */
    public static JavaLaunch likeThisProcess(String... more) {
        List<String> flags = new ArrayList<>(COMMON);
        flags.addAll(List.of(more));
        return new JavaLaunch(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                System.getProperty("java.class.path"),
                flags);
    }

    /** The same with this flag for the JVM too. */
    public JavaLaunch with(String flag) {
        List<String> more = new ArrayList<>(flags);
        more.add(flag);
        return new JavaLaunch(java, classPath, more);
    }

    /** Quick to start rather than quick to run, and small: for tests that start many. */
    public static JavaLaunch forTests() {
        return likeThisProcess("-XX:TieredStopAtLevel=1", "-Xmx384m");
    }

    /** The words of the command line of {@code lastmile}. */
    List<String> commandLine(List<String> arguments) {
        return commandLine(MAIN, arguments);
    }

    /** The words of the command line of another main class. */
    List<String> commandLine(String main, List<String> arguments) {
        List<String> words = new ArrayList<>();
        words.add(java.toString());
        words.addAll(flags);
        words.add("-cp");
        words.add(classPath);
        words.add(main);
        words.addAll(arguments);
        return words;
    }
}
