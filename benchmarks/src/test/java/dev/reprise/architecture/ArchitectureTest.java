package dev.reprise.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.accessTargetWhere;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import java.io.ObjectInputStream;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Who may use what. Each rule fails if it looked at nothing, which is how such rules rot; {@link
 * #classes_ofAllModules_wereSeen} counts what they look at.
 */
class ArchitectureTest {

  /** Where a process meets its surroundings: its terminal, its clock, its environment, its exit. */
  private static final String[] EDGES = {
    "dev.reprise.cli..", "dev.reprise.console..", "dev.reprise.examples..", "dev.reprise.bench.."
  };

  /** The only classes that make a clock, a sleep or a source of chance; others are handed one. */
  private static final DescribedPredicate<JavaClass> SOURCES_OF_TIME_AND_CHANCE =
      describe(
          "make clocks and chance for others",
          c ->
              List.of(
                      "dev.reprise.api.Driver",
                      "dev.reprise.cache.base.Ticker",
                      "dev.reprise.cache.base.HaltingKillPoints")
                  .contains(c.getName()));

  /** What user code prints is caught by standing in for the streams. */
  private static final DescribedPredicate<JavaClass> CATCHES_OUTPUT =
      describe(
          "catch what user code prints",
          c -> c.getName().equals("dev.reprise.worker.OutputCapture"));

  @ParameterizedTest
  @CsvSource({
    "cache-index,60",
    "executors,40",
    "scheduler,60",
    "plugins-spark,40",
    "plugins-ray,30",
    "benchmarks,40"
  })
  void classes_ofAllModules_wereSeen(String module, int atLeast) {
    assertThat(House.classesOf(module)).hasSizeGreaterThanOrEqualTo(atLeast);
  }

  @Test
  void packages_haveNoCycles() {
    slices().matching("dev.reprise.(**)").should().beFreeOfCycles().check(House.classes());
  }

  @ParameterizedTest
  @CsvSource({
    "cache-index, dev.reprise.cache..",
    "executors, dev.reprise.task.. dev.reprise.executor.. dev.reprise.worker..",
    "plugins-spark, dev.reprise.spark..",
    "plugins-ray, dev.reprise.ray..",
    "benchmarks, dev.reprise.examples.. dev.reprise.bench.."
  })
  void packages_ofAModule_areItsOwn(String module, String packages) {
    // A package in two modules would hide an arrow from the compiler and from these rules.
    assertThat(House.classesOf(module))
        .allMatch(c -> resideInAnyPackage(packages.split(" ")).test(c), "in " + packages);
  }

  @Test
  void packages_areNullMarked() {
    var all = new TreeSet<String>();
    var marked = new TreeSet<String>();
    for (JavaClass c : House.classes()) {
      all.add(c.getPackageName());
      if (c.getSimpleName().equals("package-info") && c.isAnnotatedWith(NullMarked.class)) {
        marked.add(c.getPackageName());
      }
    }
    assertThat(marked).containsExactlyElementsOf(all);
  }

  @ParameterizedTest
  @CsvSource({
    "org.rocksdb.., dev.reprise.cache.index.. dev.reprise.bench..",
    "org.objectweb.asm.., dev.reprise.cache.code..",
    "com.esotericsoftware.kryo.kryo5.., dev.reprise.cache.codec.. dev.reprise.bench..",
    "picocli.., dev.reprise.cli.. dev.reprise.console.. dev.reprise.bench..",
    "com.typesafe.config.., dev.reprise.config.. dev.reprise.cli.pipeline..",
    "org.duckdb.., dev.reprise.examples..",
    "org.openjdk.jmh.., dev.reprise.bench..",
    "org.junit.jupiter.., dev.reprise.testkit..",
    "org.apache.spark.., dev.reprise.spark.. dev.reprise.examples.. dev.reprise.bench.spark..",
    "io.ray.., dev.reprise.ray.. dev.reprise.bench.ray..",
    "com.google.common.., none"
  })
  void library_isUsed_onlyInItsPackages(String library, String at) {
    noClasses()
        .that()
        .resideOutsideOfPackages(at.split(" "))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .check(House.classes());
  }

  @ParameterizedTest
  @ValueSource(strings = {"cache-index", "executors", "scheduler"})
  void core_leavesTheProcessAlone(String module) {
    noClasses()
        .that()
        .resideOutsideOfPackages(EDGES)
        .and(not(CATCHES_OUTPUT))
        .should(
            access(
                "standard streams or exit",
                a ->
                    is(a, System.class, "in", "out", "err", "exit")
                        || is(a, Runtime.class, "exit")))
        .check(House.classesOf(module));
  }

  @ParameterizedTest
  @ValueSource(strings = {"cache-index", "executors", "scheduler"})
  void core_isHandedTimeAndChance(String module) {
    noClasses()
        .that()
        .resideOutsideOfPackages(EDGES)
        .and(not(SOURCES_OF_TIME_AND_CHANCE))
        .should(access("a clock", ArchitectureTest::isClock))
        .orShould(access("sleep", a -> is(a, Thread.class, "sleep")))
        .orShould(access("chance without a seed", ArchitectureTest::isUnseeded))
        .check(House.classesOf(module));
  }

  private static boolean isClock(JavaAccess<?> access) {
    return is(access, System.class, "currentTimeMillis", "nanoTime")
        || access.getTargetOwner().isAssignableTo(Clock.class)
            && access.getName().startsWith("system")
        // Instant.now(), LocalDate.now(zone), but not Instant.now(clock)
        || access.getTargetOwner().getPackageName().equals("java.time")
            && access.getName().equals("now")
            && parameters(access).noneMatch(p -> p.isEquivalentTo(Clock.class));
  }

  private static boolean isUnseeded(JavaAccess<?> access) {
    return is(access, Math.class, "random")
        || is(access, Random.class, "<init>") && parameters(access).findAny().isEmpty();
  }

  @Test
  void serialisation_ofJava_isReadNowhere() {
    noClasses()
        .should()
        .accessClassesThat(assignableTo(ObjectInputStream.class))
        .check(House.classes());
  }

  @Test
  void text_isMade_withALocale() {
    noClasses()
        .should(
            access(
                "text that depends on the machine's locale",
                a ->
                    is(a, String.class, "format", "toLowerCase", "toUpperCase")
                        && parameters(a).noneMatch(p -> p.isEquivalentTo(Locale.class))))
        .check(House.classes());
  }

  /** Of fields, methods and constructors, by call or by method reference. */
  private static ArchCondition<JavaClass> access(String what, Predicate<JavaAccess<?>> test) {
    return accessTargetWhere(describe(what, test::test));
  }

  private static boolean is(JavaAccess<?> access, Class<?> owner, String... names) {
    return access.getTargetOwner().isEquivalentTo(owner)
        && List.of(names).contains(access.getName());
  }

  private static Stream<JavaClass> parameters(JavaAccess<?> access) {
    return access.getTarget() instanceof CodeUnitAccessTarget target
        ? target.getRawParameterTypes().stream()
        : Stream.empty();
  }
}
