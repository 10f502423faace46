package io.lastmile.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import io.lastmile.node.Metric;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a source file looks like. Each test lists every place that breaks its rule. */
class SourceRulesTest {
    private static final int FILE_LINES_MAX = 400;
    private static final int METHOD_LINES_MAX = 60;

    /** What a longer file or method says first: the reason follows. */
    private static final String REASON = "Long because";

    private static final int PARAMETERS_MAX = 8;

    /** What the Javadoc of a wider record or method says. */
    private static final String WIDE_REASON = "Wide because";

    private static final Pattern VAGUE_NAME =
            Pattern.compile(".*(Impl|Manager|Helper|Helpers|Util|Utils)");

    private static List<ParsedSource> sources = List.of();

    @BeforeAll
    static void parse() {
        sources = ParsedSource.all(SourceTree.java());
        assertTrue(sources.size() > 50, "sources are found");
    }

    @Test
    void everyPackageSaysWhatItIsAndIsNullMarked() {
        Set<Path> folders = new TreeSet<>();
        SourceTree.java().forEach(file -> folders.add(file.getParent()));
        List<String> broken = new ArrayList<>();
        for (Path folder : folders) {
            Path info = folder.resolve("package-info.java");
            if (!Files.exists(info)) { // a test stands in the package that it tests
                String tested = folder.toString().replace("/src/test/java/", "/src/main/java/");
                info = Path.of(tested).resolve("package-info.java");
            }
            String text = Files.exists(info) ? SourceTree.text(info) : "";
            if (!text.startsWith("/**") || !text.contains("@NullMarked\npackage ")) {
                broken.add(SourceTree.name(folder));
            }
        }
        assertNone("packages without a sentence and @NullMarked", broken);
    }

    @Test
    void filesAreShortOrSayWhyNot() {
        List<String> broken = new ArrayList<>();
        for (ParsedSource source : sources) {
            if (source.lines().size() > FILE_LINES_MAX && !source.textBefore(60).contains(REASON)) {
                broken.add(source.name() + ": " + source.lines().size() + " lines");
            }
        }
        assertNone("files of more than " + FILE_LINES_MAX + " lines without a reason", broken);
    }

    @Test
    void methodsAreShortOrSayWhyNot() {
        List<String> broken = new ArrayList<>();
        for (ParsedSource source : sources) {
            for (MethodTree method : source.methods()) {
                int lines = source.lastLine(method) - source.firstLine(method) + 1;
                if (lines > METHOD_LINES_MAX && !source.textAround(method).contains(REASON)) {
                    broken.add(source.name() + " " + method.getName() + ": " + lines + " lines");
                }
            }
        }
        assertNone("methods of more than " + METHOD_LINES_MAX + " lines without a reason", broken);
    }

    @Test
    void parametersAreFewOrTheJavadocSaysWhyNot() {
        List<String> broken = new ArrayList<>();
        for (ParsedSource source : sources) {
            if (!source.isMain()) {
                continue;
            }
            for (ClassTree type : source.types()) {
                long components = type.getKind() == Tree.Kind.RECORD ? components(type) : 0;
                if (components > PARAMETERS_MAX && !source.javadoc(type).contains(WIDE_REASON)) {
                    broken.add(source.name() + " " + type.getSimpleName());
                }
                for (Tree member : type.getMembers()) {
                    if (member instanceof MethodTree method
                            && method.getParameters().size() > PARAMETERS_MAX) {
                        boolean isConstructor = method.getReturnType() == null;
                        if (isConstructor && method.getParameters().size() == components) {
                            continue; // the record's own
                        }
                        broken.add(
                                source.name()
                                        + " "
                                        + (isConstructor
                                                ? type.getSimpleName()
                                                : method.getName()));
                    }
                }
            }
        }
        assertNone("more than " + PARAMETERS_MAX + " parameters without a reason", broken);
    }

    private static long components(ClassTree type) {
        return type.getMembers().stream()
                .filter(member ->
                        member instanceof VariableTree field
                                && !field.getModifiers().getFlags().contains(Modifier.STATIC))
                .count();
    }

    @Test
    void classesAreNamedAfterWhatTheyAre() {
        List<String> broken = new ArrayList<>();
        for (ParsedSource source : sources) {
            for (ClassTree type : source.types()) {
                if (VAGUE_NAME.matcher(type.getSimpleName()).matches()) {
                    broken.add(source.name() + " " + type.getSimpleName());
                }
            }
        }
        assertNone("classes named Impl, Manager, Helper or Util", broken);
    }

    @Test
    void noMethodIsCalledGet() {
        List<String> broken = new ArrayList<>();
        for (ParsedSource source : sources) {
            for (MethodTree method : source.methods()) {
                boolean ours =
                        method.getModifiers().getAnnotations().stream()
                                .noneMatch(
                                        a -> a.getAnnotationType().toString().equals("Override"));
                if (ours && method.getName().toString().matches("get[A-Z].*")) {
                    broken.add(source.name() + " " + method.getName());
                }
            }
        }
        assertNone("methods that begin with get", broken);
    }

    @Test
    void publicTypesSayWhatTheyAre() {
        List<String> broken = new ArrayList<>();
        for (ParsedSource source : sources) {
            for (Tree declared : source.unit().getTypeDecls()) {
                if (declared instanceof ClassTree type
                        && type.getModifiers().getFlags().contains(Modifier.PUBLIC)
                        && source.isMain()
                        && source.javadoc(type).isBlank()) {
                    broken.add(source.name());
                }
            }
        }
        assertNone("public types without Javadoc", broken);
    }

    @Test
    void everyMetricIsMeasured() {
        StringBuilder main = new StringBuilder();
        for (Path file : SourceTree.java()) {
            if (file.toString().contains("/src/main/") && !file.endsWith("Metric.java")) {
                main.append(SourceTree.text(file));
            }
        }
        List<String> broken = new ArrayList<>();
        for (Metric metric : Metric.values()) {
            if (!Pattern.compile("Metric\\." + metric + "\\b").matcher(main).find()) {
                broken.add(metric.name());
            }
        }
        assertNone("metrics that nothing measures", broken);
    }

    /**
     * An executor drops a periodic task that threw, and keeps to itself what one for later threw.
     */
    @Test
    void whatRunsLaterOrAgainIsScheduledAsATask() {
        Pattern bare =
                Pattern.compile(
                        "\\.schedule(AtFixedRate|WithFixedDelay)?\\(|new (Timer|TimerTask)\\b");
        Set<String> allowed =
                Set.of(
                        "node/src/main/java/io/lastmile/node/Task.java",
                        // Jetty's own scheduler: for the end of one request, and for a look at
                        // connections that plans its next one whatever it throws.
                        "node/src/main/java/io/lastmile/node/HttpAnswer.java",
                        "node/src/main/java/io/lastmile/node/HttpConnector.java");
        List<String> broken = new ArrayList<>();
        for (Path file : SourceTree.mainJava()) {
            String name = SourceTree.name(file);
            if (!allowed.contains(name)
                    && !name.startsWith("benchmarks/")
                    && bare.matcher(SourceTree.text(file)).find()) {
                broken.add(name);
            }
        }
        assertNone("files that schedule without Task", broken);
    }

    @Test
    void nothingIsLeftToDo() {
        List<String> words = List.of("to" + "do", "fix" + "me", "x" + "xx"); // not found in itself
        List<String> broken = new ArrayList<>();
        for (Path file : SourceTree.files(".java", ".xml", ".yml", ".yaml", ".properties", ".sh")) {
            int number = 0;
            for (String line : SourceTree.text(file).lines().toList()) {
                number++;
                String lower = line.toLowerCase(Locale.ROOT);
                for (String word : words) {
                    if (lower.matches(".*\\b" + word + "\\b.*")) {
                        broken.add(SourceTree.name(file) + ":" + number);
                    }
                }
            }
        }
        assertNone("lines that leave something to do", broken);
    }

    private static void assertNone(String what, List<String> broken) {
        assertEquals("", String.join("\n", broken), what);
    }
}
