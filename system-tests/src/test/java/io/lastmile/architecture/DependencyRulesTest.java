package io.lastmile.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may know whom, read from the compiled classes of all modules. */
class DependencyRulesTest {
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .withImportOption(place -> !place.contains("/jmh_generated/"))
                    .importPackages("io.lastmile");

    private static final String[] NETTY_SHELLS = {
        "io.lastmile.edge.socket..",
        "io.lastmile.edge.mqtt..",
        "io.lastmile.edge.hop..",
        "io.lastmile.router.hop..",
        "io.lastmile.bench.."
    };

    private static final String[] KAFKA_SHELLS = {
        "io.lastmile..kafka..", "io.lastmile.cli..", "io.lastmile.bench.."
    };

    /** A rule about classes that were not read would hold for ever. */
    @Test
    void everyClassOfEveryModuleIsRead() {
        Set<String> inSources =
                SourceTree.mainJava().stream()
                        .filter(file -> !file.endsWith("package-info.java"))
                        .map(DependencyRulesTest::className)
                        .collect(Collectors.toCollection(TreeSet::new));
        Set<String> read =
                CLASSES.stream()
                        .filter(JavaClass::isTopLevelClass)
                        .map(JavaClass::getName)
                        .filter(name -> !name.endsWith("package-info"))
                        .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(inSources, read);
    }

    @Test
    void wireNeedsTheJdkAndJspecifyOnly() {
        classes()
                .that()
                .resideInAPackage("io.lastmile.wire..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.lastmile.wire..", "java..", "javax.crypto..", "org.jspecify..")
                .because("everybody depends on wire: it must not bring anything along")
                .check(CLASSES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.lastmile.router.heart",
                "io.lastmile.router.ownership",
                "io.lastmile.router.owner",
                "io.lastmile.edge.session"
            })
    void aPurePackageSeesOnlyItselfWireAndPlainJava(String pure) {
        // It feeds a heart, and several threads feed it.
        String[] more =
                switch (pure) {
                    case "io.lastmile.router.owner" ->
                            new String[] {
                                "io.lastmile.router.heart..", "java.util.concurrent.locks"
                            };
                    // Members of channels are sets of numbers: bits, compressed.
                    case "io.lastmile.router.heart" -> new String[] {"org.roaringbitmap.."};
                    default -> new String[0];
                };
        classes()
                .that()
                .resideInAPackage(pure + "..")
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage(
                                        pure + "..",
                                        "io.lastmile.wire..",
                                        "java.lang",
                                        "java.lang.annotation",
                                        "java.lang.invoke",
                                        "java.lang.runtime",
                                        "java.nio",
                                        "java.nio.charset",
                                        "java.util",
                                        "java.util.function",
                                        "java.util.stream",
                                        "java.util.concurrent.atomic",
                                        "org.jspecify..")
                                .or(resideInAnyPackage(more))
                                .or(nameMatching("java\\.util\\.concurrent\\.Concurrent.*"))
                                .and(
                                        not(
                                                nameMatching(
                                                        "java\\.lang\\.(Thread.*|Process.*|Runtime)")))
                                .and(not(nameMatching("java\\.util\\.(Timer|Random|UUID)"))))
                .because("what decides is replayed in the simulation, without threads or I/O")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage(pure + "..")
                .should()
                .accessTargetWhere(readsAClock().or(drawsAtRandom()))
                .because("times and chance are carried in")
                .check(CLASSES);
    }

    @Test
    void onlyTheClockReadsTheTime() {
        noClasses()
                .that()
                .areNotAssignableTo("io.lastmile.node.Clock")
                .and()
                .resideOutsideOfPackages("io.lastmile.cli..", "io.lastmile.bench..")
                .should()
                .accessTargetWhere(readsAClock())
                .because("tests and the simulation set the time")
                .check(CLASSES);
    }

    @Test
    void theSystemClockIsTakenWhereAProcessStarts() {
        noClasses()
                .that(not(nameMatching("io\\.lastmile\\..*Main(\\$.*)?")))
                .and(not(nameMatching("io\\.lastmile\\.node\\.kafka\\.TopicCheck"))) // at start-up
                .and()
                .resideOutsideOfPackages("io.lastmile.cli..", "io.lastmile.bench..")
                .should()
                .callMethod("io.lastmile.node.Clock", "system")
                .because("every other part is given its clock")
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.lastmile.(**)")
                .should()
                .beFreeOfCycles()
                .ignoreDependency(
                        nameMatching("io\\.lastmile\\.cli\\.Main"), alwaysTrue()) // its commands
                .check(CLASSES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"edge", "router", "api"})
    void theServicesDoNotKnowEachOther(String service) {
        noClasses()
                .that(resideInAnyPackage("io.lastmile." + service + ".."))
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(
                                        "io.lastmile.edge..",
                                        "io.lastmile.router..",
                                        "io.lastmile.api..",
                                        "io.lastmile.cli..",
                                        "io.lastmile.bench..")
                                .and(resideOutsideOfPackages("io.lastmile." + service + "..")))
                .allowEmptyShould(!hasSources(service))
                .because("they speak through Kafka and the hop, in the words of wire")
                .check(CLASSES);
    }

    @Test
    void nettyStaysInItsShells() {
        noClasses()
                .that(resideOutsideOfPackages(NETTY_SHELLS))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty..")
                .check(CLASSES);
        assertSeen("io.netty.");
    }

    @Test
    void kafkaStaysInItsShells() {
        noClasses()
                .that(resideOutsideOfPackages(KAFKA_SHELLS))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.kafka..")
                .check(CLASSES);
        assertSeen("org.apache.kafka.");
    }

    /** Where a source imports the library, the compiled classes must show it to the rule. */
    private static void assertSeen(String library) {
        boolean imported =
                SourceTree.mainJava().stream()
                        .anyMatch(file -> SourceTree.text(file).contains("import " + library));
        boolean seen =
                CLASSES.stream()
                        .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                        .anyMatch(uses -> uses.getTargetClass().getName().startsWith(library));
        assertTrue(imported, "no source imports " + library + ": the rule has nothing to check");
        assertTrue(seen, "no class depends on " + library + ": the rule has nothing to check");
    }

    private static DescribedPredicate<JavaAccess<?>> readsAClock() {
        return calls(
                "read a clock",
                List.of(
                        "java.lang.System.currentTimeMillis",
                        "java.lang.System.nanoTime",
                        "java.time.Instant.now",
                        "java.time.LocalDate.now",
                        "java.time.LocalDateTime.now",
                        "java.time.ZonedDateTime.now",
                        "java.time.OffsetDateTime.now",
                        "java.time.Clock.systemUTC",
                        "java.time.Clock.systemDefaultZone"));
    }

    private static DescribedPredicate<JavaAccess<?>> drawsAtRandom() {
        return calls(
                "draw at random",
                List.of("java.lang.Math.random", "java.util.Collections.shuffle"));
    }

    private static DescribedPredicate<JavaAccess<?>> calls(String what, List<String> methods) {
        return DescribedPredicate.<JavaAccess<?>>describe(
                        what,
                        access ->
                                methods.contains(
                                        access.getTargetOwner().getName()
                                                + "."
                                                + access.getTarget().getName()))
                .and(alwaysTrue());
    }

    private static boolean hasSources(String service) {
        return SourceTree.mainJava().stream()
                .anyMatch(file -> className(file).startsWith("io.lastmile." + service + "."));
    }

    private static String className(Path file) {
        String name = SourceTree.name(file);
        int at = name.indexOf("/src/main/java/") + "/src/main/java/".length();
        return name.substring(at, name.length() - ".java".length()).replace('/', '.');
    }
}
