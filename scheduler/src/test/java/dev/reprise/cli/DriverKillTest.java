package dev.reprise.cli;

import static dev.reprise.task.Tasks.local;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.base.HaltingKillPoints;
import dev.reprise.cache.base.KillPoint;
import dev.reprise.cache.testing.ChildJvm;
import dev.reprise.cache.testing.Shows;
import dev.reprise.cli.CliLab.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * FAULTS row 1, through the command line: a driver is killed at each step of the commit protocol.
 * The next run needs no repair, has the right result, and repeats at most what was not finished.
 */
class DriverKillTest {
  private static final String DEAD = "20010101-000000-0000";

  @TempDir Path folder;
  private Path home;
  private Path diary;
  private CliLab lab;

  @BeforeEach
  void prepare() {
    home = folder.resolve(".reprise");
    diary = folder.resolve("diary");
    lab = new CliLab(folder).with("pages", Pages::define).with("squares", Squares::define);
  }

  @AfterEach
  void closeTheDiary() {
    System.clearProperty(Pages.DIARY);
  }

  static List<Arguments> kills() {
    List<Arguments> kills = new ArrayList<>();
    for (KillPoint point : KillPoint.values()) {
      if (point.compareTo(KillPoint.C7) <= 0) {
        // At least as many batches are committed as the pipeline has steps in a row: four.
        int most = Boolean.getBoolean("reprise.stress") ? 4 : 1;
        for (int i = 0; i < most; i++) {
          kills.add(Arguments.of(point, 1 + (1 + point.ordinal() + i) % 4));
        }
      }
    }
    return kills;
  }

  @ParameterizedTest(name = "at passing {1} of {0}")
  @MethodSource("kills")
  void run_driverWasKilled_goesOnWhereItEnded(KillPoint point, int passing) throws Exception {
    ChildJvm.Outcome killed = runPagesUntil(point, passing);
    assertThat(killed.exit()).as(killed.output()).isEqualTo(HaltingKillPoints.STATUS);
    assertThat(lab.run("runs", "show").out()).contains("state      DIED");
    checkTheNextRun();
  }

  /** Nothing of the killed run is lost that it had finished, and nothing is wrong. */
  private void checkTheNextRun() throws Exception {
    List<String> before = Files.exists(diary) ? Files.readAllLines(diary) : List.of();
    Files.deleteIfExists(diary);
    assertThat(lab.run("cache", "verify").exit()).isZero();

    System.setProperty(Pages.DIARY, diary.toString());
    Ran again = lab.run("run", "pages");

    assertThat(again.exit()).as(again.err()).isZero();
    assertThat(again.err()).isEmpty();
    assertThat(lab.run("result", "total").out()).startsWith(Pages.TOTAL);
    assertThat(lab.run("cache", "verify").exit()).isZero();
    List<String> repeated = Files.exists(diary) ? Files.readAllLines(diary) : List.of();
    assertThat(repeated).doesNotHaveDuplicates().noneMatch(committed(before)::contains);
    Set<String> all = new HashSet<>(before);
    all.addAll(repeated);
    assertThat(all).hasSize(2 + 2 * Pages.PAGES);
    assertThat(temporaries()).isEmpty();
    assertThat(lab.run("run", "pages").lastLine()).startsWith("12 cached · 0 ran");
  }

  /** Blind: after any number of units, or before the first, and then at any moment. */
  @ParameterizedTest
  @MethodSource("blindKills")
  @Shows("Fault 2")
  void run_driverWasKilledAtAnyMoment_goesOnWhereItEnded(int kill) throws Exception {
    Random random = new Random(kill);
    int units = random.nextInt(2 + 2 * Pages.PAGES);
    List<String> jvm = List.of("-D%s=%s".formatted(Pages.DIARY, diary), "-XX:TieredStopAtLevel=1");
    Process child =
        ChildJvm.start(jvm, Pages.class, "run", "--home", home.toString(), "--max-parallel", "2");
    try {
      while (child.isAlive() && units > 0 && unitsThatBegan() < units) {
        TimeUnit.MICROSECONDS.sleep(100);
      }
      TimeUnit.MICROSECONDS.sleep(random.nextInt(units == 0 ? 1_500_000 : 20_000));
    } finally {
      child.destroyForcibly().waitFor();
    }

    checkTheNextRun();
  }

  static IntStream blindKills() {
    return IntStream.range(0, Boolean.getBoolean("reprise.stress") ? 500 : 20);
  }

  private long unitsThatBegan() throws IOException {
    return Files.exists(diary) ? Files.readAllLines(diary).size() : 0;
  }

  /** Runs until the kill, with the diary as an oracle that no kill can take back. */
  private ChildJvm.Outcome runPagesUntil(KillPoint point, int passing, String... more)
      throws Exception {
    List<String> jvm =
        List.of(
            "-D%s=%s:%s".formatted(HaltingKillPoints.PROPERTY, point, passing),
            "-D%s=%s".formatted(Pages.DIARY, diary),
            "-XX:TieredStopAtLevel=1");
    List<String> line =
        new ArrayList<>(List.of("run", "--home", home.toString(), "--max-parallel", "2"));
    line.addAll(List.of(more));
    return ChildJvm.run(jvm, Pages.class, line.toArray(String[]::new));
  }

  /** A unit begins only when what it reads is committed. */
  private static Set<String> committed(List<String> began) {
    Set<String> committed = new HashSet<>();
    for (String unit : began) {
      if (unit.startsWith("page")) {
        committed.add("numbers");
      } else if (unit.startsWith("length")) {
        committed.add("page" + unit.substring("length".length()));
      } else if (unit.equals("total")) {
        for (int i = 0; i < Pages.PAGES; i++) {
          committed.add("length:" + i);
        }
      }
    }
    return committed;
  }

  @Test
  void open_temporaryFilesOfRuns_goIfTheRunIsDeadAndStayIfItLives() throws Exception {
    Process living =
        ChildJvm.start(
            List.of("-XX:TieredStopAtLevel=1"),
            SlowPipeline.class,
            "run",
            "--cache=off",
            "--home",
            home.toString());
    try (var lines = living.inputReader()) {
      String line = lines.readLine();
      while (line != null && !line.startsWith("RUN ")) {
        line = lines.readLine();
      }
      assertThat(line).isNotNull();
      String alive = lab.run("runs", "show").out().lines().findFirst().orElseThrow().split(" +")[1];
      assertThat(runPagesUntil(KillPoint.C2, 2).exit()).isEqualTo(HaltingKillPoints.STATUS);
      Path mine = home.resolve("store/tmp").resolve(alive).resolve("part");
      Files.createDirectories(mine.getParent());
      Files.createFile(mine);
      Path unknown = home.resolve("store/tmp").resolve(DEAD).resolve("part");
      Files.createDirectories(unknown.getParent());
      Files.createFile(unknown); // of another home that shares the store, as far as anybody knows
      assertThat(temporaries()).hasSizeGreaterThan(2);

      Ran ran = lab.run("run", "squares");

      assertThat(ran.exit()).isZero();
      assertThat(temporaries()).containsExactlyInAnyOrder(mine, unknown);
    } finally {
      living.destroyForcibly().waitFor();
    }
  }

  static String large(int number) {
    return Integer.toString(number).repeat(100_000);
  }

  /** FAULTS row 3: the run is over by then, and told of. */
  @ParameterizedTest
  @EnumSource(
      value = KillPoint.class,
      names = {"G1", "G2", "G3", "G4"})
  @Shows("Fault 3")
  void run_killedWhileItEvicts_hasEndedAndNothingNeedsRepair(KillPoint point) throws Exception {
    lab.with(
        "large",
        p -> {
          for (int i = 0; i < 4; i++) {
            p.result("text" + i, p.step("text" + i, local(DriverKillTest::large), p.value(i)));
          }
        });
    lab.run("run", "large");

    ChildJvm.Outcome killed = runPagesUntil(point, 1, "--conf", "gc.max-size=300k");

    assertThat(killed.exit()).as(killed.output()).isEqualTo(HaltingKillPoints.STATUS);
    assertThat(lab.run("runs", "show").out()).contains("state      SUCCEEDED");
    assertThat(lab.run("cache", "verify").exit()).isZero();
    assertThat(lab.run("run", "pages").lastLine()).startsWith("12 cached · 0 ran");
    Ran rest = lab.run("cache", "gc", "--max-size", "300k");
    assertThat(rest.exit()).as(rest.err()).isZero();
    assertThat(lab.run("cache", "verify").exit()).isZero();
    assertThat(lab.run("run", "large").exit()).isZero();
    assertThat(lab.run("result", "text3").out()).startsWith("33333");
  }

  private List<Path> temporaries() throws IOException {
    try (Stream<Path> all = Files.walk(home.resolve("store/tmp"))) {
      return all.filter(Files::isRegularFile).toList();
    }
  }
}
