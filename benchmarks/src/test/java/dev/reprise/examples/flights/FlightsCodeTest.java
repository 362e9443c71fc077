package dev.reprise.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.testing.Shows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What edits of its code, and the packaging of it, do to the reuse of the shipped pipeline. All six
 * months are run once from the classes of the build; then a user's copy of the sources is edited,
 * compiled, packaged and run by the real command line.
 */
@Timeout(120)
class FlightsCodeTest {
  private static final String PACKAGE = "dev.reprise.examples.flights.";
  private static final String LAUNCHER = "dev.reprise.cli.Main";
  private static final String OWN_MAIN = PACKAGE + "Own";

  private static final Map<String, Integer> NOTHING = executions(0, 0, 0, 0);

  @TempDir private static Path filled;
  private static FlightsSources shipped;
  private static List<Path> libraries;

  @TempDir private Path folder;
  private Path home;

  @BeforeAll
  static void runOnce() throws Exception {
    shipped = FlightsSources.shipped();
    libraries = CommandLine.libraries();
    Path built = ShippedData.folder().resolveSibling("target").resolve("classes");
    CommandLine reprise = CommandLine.of(filled.resolve("home"), LAUNCHER, before(built));
    assertThat(reprise.run("flights")).isEqualTo(executions(6, 6, 1, 1));
  }

  @BeforeEach
  void copyHome() throws IOException {
    Path from = filled.resolve("home");
    home = folder.resolve("home");
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.toList()) {
        Path copy = home.resolve(from.relativize(path));
        if (path.startsWith(from.resolve("store/blobs")) && Files.isRegularFile(path)) {
          Files.createLink(copy, path); // 80 MB that nobody changes
        } else {
          Files.copy(path, copy);
        }
      }
    }
  }

  // ---- edits that count ----

  @Test
  @Shows("Fault 72")
  void run_helperOfDelaysEdited_runsDelaysAndWhatFollowsAndNamesTheMethod() throws Exception {
    CommandLine reprise = compiled(lateByTheLimit());
    String method = PACKAGE + "Delays#add(int,int)void";
    String reason = "CODE_CHANGED(" + method + ")";

    assertThat(reprise.answer("plan", "flights"))
        .containsPattern("HIT +clean +6 units")
        .containsPattern("RUN +delays +6 units +" + Pattern.quote(reason))
        .containsPattern("UNKNOWN +by-airport")
        .containsPattern("UNKNOWN +report");
    assertThat(reprise.run("flights")).isEqualTo(executions(0, 6, 1, 1));
    assertThat(reprise.answer("why", "delays:month=2001-04"))
        .contains(reason)
        .containsPattern("code " + Pattern.quote(method) + " +\\p{XDigit}{8} +\\p{XDigit}{8}\n")
        .doesNotContain("argument ", "upstream ");
  }

  @Test
  void run_helperOfDelaysWrittenOtherwise_stopsAtTheEqualMonths() throws Exception {
    FlightsSources edited =
        shipped.edit(
            "late += delayMinutes > lateMinutes ? 1 : 0;",
            "if (delayMinutes > lateMinutes) { late++; }");

    assertThat(compiled(edited).run("flights")).isEqualTo(executions(0, 6, 0, 0));
  }

  @Test
  void run_constantOfTheReportEdited_runsTheReportAlone() throws Exception {
    FlightsSources edited = shipped.edit("int LISTED = 5;", "int LISTED = 6;");

    assertThat(compiled(edited).run("flights")).isEqualTo(executions(0, 0, 0, 1));
  }

  // ---- edits that do not ----

  @Test
  void run_commentsAddedAndLinesMoved_executesNothing() throws Exception {
    FlightsSources edited = shipped.edit(";\n", "; // as it was\n\n").edit("(\n", "(");

    assertThat(compiled(edited).run("flights")).isEqualTo(NOTHING);
  }

  @Test
  void run_localsRenamed_executesNothing() throws Exception {
    FlightsSources edited =
        shipped
            .edit("byOrigin", "counted") // captured by lambdas, and parameters of helpers
            .edit("sums", "totals") // parameters of lambdas
            .edit("String name = new", "String code = new")
            .edit("computeIfAbsent(name,", "computeIfAbsent(code,");

    assertThat(compiled(edited).run("flights")).isEqualTo(NOTHING);
  }

  @Test
  void run_unrelatedMethodWithLambdaAdded_executesNothing() throws Exception {
    FlightsSources edited =
        shipped.edit(
            "  public Flights() {}\n",
            """
              public Flights() {}

              static List<Integer> twice(List<Integer> numbers) {
                return numbers.stream().map(number -> 2 * number).toList();
              }
            """);

    assertThat(compiled(edited).run("flights")).isEqualTo(NOTHING);
  }

  @Test
  void run_methodsAndTheirLambdasInAnotherOrder_executesNothing() throws Exception {
    FlightsSources edited =
        shipped.move(
            "Flights.java",
            "  /** All months together",
            "  /** The airports where most",
            "  /** The month's flights");

    assertThat(compiled(edited).run("flights")).isEqualTo(NOTHING);
  }

  // ---- packaging ----

  @Test
  void run_compiledAgainIntoAFolder_executesNothing() throws Exception {
    assertThat(compiled(shipped).run("flights")).isEqualTo(NOTHING);
  }

  @Test
  void run_thinJarHandedToTheLauncher_executesNothingUnlessEdited() throws Exception {
    CommandLine reprise = CommandLine.of(home, LAUNCHER, libraries);
    Path same = jar("same.jar", compileWithMain(shipped, "same"));
    Path edited = jar("edited.jar", compileWithMain(lateByTheLimit(), "edited"));

    assertThat(reprise.run(OWN_MAIN, "--jar", same.toString())).isEqualTo(NOTHING);
    assertThat(reprise.run(OWN_MAIN, "--jar", edited.toString())).isEqualTo(executions(0, 6, 1, 1));
  }

  @Test
  void run_fatJarWithMainOfItsOwn_executesNothing() throws Exception {
    Path fat = jar("fat.jar", before(compileWithMain(shipped, "same")).toArray(Path[]::new));
    CommandLine reprise = new CommandLine(home, List.of("-jar", fat.toString()));

    assertThat(reprise.run()).isEqualTo(NOTHING);
  }

  /** With other results in each month: a flight is late if it is by the limit, not just above. */
  private static FlightsSources lateByTheLimit() {
    return shipped.edit("delayMinutes > lateMinutes", "delayMinutes >= lateMinutes");
  }

  /** The launcher, with these sources in place of the shipped classes. */
  private CommandLine compiled(FlightsSources sources) throws IOException {
    Path classes = sources.compile(folder.resolve("classes"), libraries);
    return CommandLine.of(home, LAUNCHER, before(classes));
  }

  private Path compileWithMain(FlightsSources sources, String name) throws IOException {
    String main =
        """
        package dev.reprise.examples.flights;

        public final class Own {
          public static void main(String[] args) {
            dev.reprise.Reprise.main(args, new Flights()::define);
          }
        }
        """;
    return sources.with("Own.java", main).compile(folder.resolve(name), libraries);
  }

  private Path jar(String name, Path... places) throws IOException {
    return JarWriter.write(folder.resolve(name), OWN_MAIN, List.of(places));
  }

  /** The class path with these classes before all libraries. */
  private static List<Path> before(Path classes) {
    List<Path> all = new ArrayList<>(List.of(classes));
    all.addAll(libraries);
    return all;
  }

  private static Map<String, Integer> executions(int clean, int delays, int byAirport, int report) {
    return Map.of("clean", clean, "delays", delays, "by-airport", byAirport, "report", report);
  }
}
