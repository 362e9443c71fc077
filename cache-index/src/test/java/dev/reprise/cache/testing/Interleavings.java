package dev.reprise.cache.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.StressOptions;

/**
 * Lets threads call operations on one object in many orders, in a JVM of its own: {@code
 * -Dreprise.lincheck.scenarios} sets of calls, a dozen by default and forty times as many under
 * {@code -Pstress}.
 *
 * <p>An operation is a method with {@code @Operation} of a public class; what it returns must be
 * what some order of whole calls gives on the specification, another class with the same methods.
 * What must hold when all have ended is a method with {@code @Validate}.
 */
public final class Interleavings {
  private static final String SCENARIOS = "reprise.lincheck.scenarios";
  private static final int STRESS_FACTOR = 40;

  /** What is broken is found in the first of them, mostly. */
  private static final int BROKEN_FACTOR = 10;

  private static final int FOUND = 3;
  private static final String DETAILS = "Detailed trace:";

  /** What Lincheck looks into, on Java 17. */
  private static final List<String> OPENED =
      List.of(
          "java.lang",
          "java.time",
          "java.util",
          "java.util.concurrent",
          "java.util.concurrent.atomic",
          "java.util.concurrent.locks",
          "jdk.internal.misc",
          "jdk.internal.util",
          "sun.security.action");

  private Interleavings() {}

  /** Who chooses the order. */
  public enum How {
    /** Lincheck: each order that differs in who comes first, as far as they are tried. */
    MODEL_CHECKING(12, 50),

    /** The machine. For objects that have threads of their own. */
    STRESS(4, 100);

    private final int scenarios;
    private final int orders;

    How(int scenarios, int orders) {
      this.scenarios = scenarios;
      this.orders = orders;
    }

    private Options<?, ?> options(int factor) {
      Options<?, ?> options =
          this == STRESS
              ? new StressOptions()
              : new ModelCheckingOptions().checkObstructionFreedom(false);
      return options
          .iterations(Integer.getInteger(SCENARIOS, scenarios * factor))
          .invocationsPerIteration(orders)
          .threads(2)
          .actorsPerThread(3)
          .actorsBefore(2)
          .actorsAfter(2)
          .minimizeFailedScenario(false);
    }
  }

  /**
   * Fails, with the calls and their order, if one is found that is wrong.
   *
   * @param specification {@code operations} itself if nothing is returned
   */
  public static void assertHold(How how, Class<?> operations, Class<?> specification)
      throws IOException, InterruptedException {
    boolean stress = Boolean.getBoolean("reprise.stress");
    ChildJvm.Outcome end =
        play(how, operations, specification, List.of(), stress ? STRESS_FACTOR : 1);
    assertThat(end.exit()).as(inShort(end.output())).isZero();
  }

  /**
   * Fails if none is found.
   *
   * @param broken with classes that stand in the place of those of the class path
   */
  public static void assertFound(How how, Class<?> operations, Class<?> specification, Path broken)
      throws IOException, InterruptedException {
    ChildJvm.Outcome end = play(how, operations, specification, List.of(broken), BROKEN_FACTOR);
    assertThat(end.exit()).as(inShort(end.output())).isEqualTo(FOUND);
  }

  /** Without what every method did on the way, and the width of its table. */
  private static String inShort(String output) {
    int details = output.indexOf(DETAILS);
    return (details < 0 ? output : output.substring(0, details)).replaceAll(" {3,}", "  ");
  }

  private static ChildJvm.Outcome play(
      How how, Class<?> operations, Class<?> specification, List<Path> before, int factor)
      throws IOException, InterruptedException {
    List<String> jvm = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1", "-Xmx512m"));
    OPENED.forEach(each -> jvm.add("--add-opens=java.base/%s=ALL-UNNAMED".formatted(each)));
    String scenarios = System.getProperty(SCENARIOS);
    if (scenarios != null) {
      jvm.add("-D" + SCENARIOS + "=" + scenarios);
    }
    List<String> classes = new ArrayList<>();
    before.forEach(folder -> classes.add(folder.toString()));
    classes.add(System.getProperty("java.class.path"));
    return ChildJvm.runOn(
        String.join(File.pathSeparator, classes),
        jvm,
        Interleavings.class,
        how.name(),
        operations.getName(),
        specification.getName(),
        String.valueOf(factor));
  }

  /** In the child: how, operations, specification, factor. */
  public static void main(String[] args) throws ClassNotFoundException {
    try {
      How.valueOf(args[0])
          .options(Integer.parseInt(args[3]))
          .sequentialSpecification(Class.forName(args[2]))
          .check(Class.forName(args[1]));
    } catch (LincheckAssertionError e) {
      e.printStackTrace();
      System.exit(FOUND);
    }
    System.exit(0);
  }
}
