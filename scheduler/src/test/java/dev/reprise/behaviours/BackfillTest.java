package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.api.ParameterException;
import dev.reprise.api.Parameters;
import dev.reprise.api.Pipeline;
import dev.reprise.cache.testing.Shows;
import dev.reprise.cli.CliLab;
import dev.reprise.cli.CliLab.Ran;
import dev.reprise.testkit.PipelineTester;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Runs that somebody schedules, or fills in. */
class BackfillTest {
  @RegisterExtension final PipelineTester reprise = new PipelineTester();
  @TempDir Path folder;

  private static volatile String broken = "";

  @BeforeEach
  void breakNothing() {
    broken = "";
    Bodies.take();
  }

  static String read(String month) {
    Bodies.ran("read " + month);
    if (month.equals(broken)) {
      throw new IllegalStateException("no flights in " + month);
    }
    return "flights of " + month;
  }

  static String rank(String flights) {
    Bodies.ran("rank");
    return "best " + flights;
  }

  private CliLab lab() {
    return new CliLab(folder)
        .with(
            "flights",
            p -> {
              var read = p.step("read", task(BackfillTest::read), p.param("month", "2000-01"));
              p.result("rank", p.step("rank", task(BackfillTest::rank), read));
            });
  }

  @Test
  @Shows({"Flyte 14", "Dagster 12"})
  void backfill_rangeOfMonths_isARunForEachThatReusesAndIsReportedAndCanBeOverwritten() {
    CliLab lab = lab();
    lab.run("run", "flights", "-p", "month=2001-11");
    Bodies.take();
    broken = "2001-12";
    String range = "month=2001-10..2002-01";

    Ran first = lab.run("run", "flights", "--backfill", range);

    assertThat(first.exit()).isEqualTo(1);
    assertThat(Bodies.take())
        .containsExactly("rank", "rank", "read 2001-10", "read 2001-12", "read 2002-01");
    assertThat(first.out())
        .containsPattern("month=2001-10   SUCCEEDED   0 cached · 2 ran · 0 failed   run ")
        .containsPattern("month=2001-11   SUCCEEDED   2 cached · 0 ran · 0 failed   run ")
        .containsPattern("month=2001-12   FAILED   0 cached · 0 ran · 1 failed")
        .containsPattern("month=2002-01   SUCCEEDED   0 cached · 2 ran");
    broken = "";
    assertThat(lab.run("run", "flights", "--backfill", range).exit()).isZero();
    assertThat(Bodies.take()).containsExactly("rank", "read 2001-12");
    Ran json = lab.run("run", "flights", "--backfill", range, "--console=json");
    assertThat(json.lastLine())
        .contains("\"event\":\"backfill\"", "\"value\":\"2001-10\"", "\"CACHED\":2");
    assertThat(lab.run("runs", "show").out()).contains("labels     backfill=month=2002-01\n");

    assertThat(lab.run("run", "flights", "--backfill", range, "--cache=refresh").exit()).isZero();
    assertThat(Bodies.take()).hasSize(8);
    assertThat(lab.run("run", "flights", "--backfill", range).exit()).isZero();
    assertThat(Bodies.take()).as("finds what the refresh kept").isEmpty();
  }

  @Test
  void backfill_daysNumbersAndLists_areTheValuesInOrder() {
    CliLab lab = lab();
    for (String[] each :
        List.of(
            new String[] {"month=2001-02-27..2001-03-01", "2001-02-27", "2001-02-28", "2001-03-01"},
            new String[] {"month=9..11", "9", "10", "11"},
            new String[] {"month=north,south", "north", "south"})) {
      Ran ran = lab.run("run", "flights", "--backfill", each[0]);
      assertThat(ran.exit()).isZero();
      String shown = ran.out().substring(ran.out().lastIndexOf("\n\n"));
      for (int i = 1; i < each.length; i++) {
        assertThat(shown.trim().lines().toList().get(i - 1)).startsWith("month=" + each[i] + " ");
      }
    }
  }

  @Test
  void backfill_badValues_areUsageErrorsBeforeAnythingRuns() {
    CliLab lab = lab();
    for (String[] bad :
        new String[][] {
          {"should be written as NAME=FROM..TO", "--backfill", "2001-01..2001-02"},
          {"ends before it begins", "--backfill", "month=2001-02..2001-01"},
          {"is no range", "--backfill", "month=2001-02..2001-13"},
          {"is no range", "--backfill", "month=a..b"},
          {"has more than 10000 values", "--backfill", "month=1..10001"},
          {"has an empty value", "--backfill", "month=a,,b"},
          {"has no parameter 'mont'", "--backfill", "mont=1..2"},
          {"a plan is of one run", "--backfill", "month=1..2", "--dry-run"},
          {"was given twice", "--backfill", "month=1..2", "--backfill", "month=4"},
          {"leave one of them out", "--backfill", "month=1..2", "-p", "month=1"},
          {"makes several runs", "--backfill", "month=1..2", "--idempotency-key", "k"},
        }) {
      String[] line = new String[bad.length + 1];
      System.arraycopy(bad, 1, line, 2, bad.length - 1);
      line[0] = "run";
      line[1] = "flights";
      Ran ran = lab.run(line);
      assertThat(ran.err()).contains(bad[0]);
      assertThat(ran.exit()).as(bad[0]).isEqualTo(2);
    }
    assertThat(lab.run("plan", "flights", "--backfill", "month=1..2").exit()).isEqualTo(2);
    assertThat(Bodies.take()).isEmpty();
  }

  static String stamp(Instant time, String what) {
    Bodies.ran("at " + time);
    return what + " at " + time;
  }

  private static Pipeline.Definition scheduled(boolean ignoring) {
    return p -> {
      var task = task(BackfillTest::stamp);
      p.result(
          "at",
          p.step(
              "at",
              ignoring ? task.ignoring("scheduled-time") : task,
              p.scheduledTime(),
              p.value("x")));
    };
  }

  private List<String> at(String time, boolean ignoring) {
    Parameters given = Parameters.NONE.with(Parameters.SCHEDULED_TIME, time);
    return Bodies.of(reprise.driver(), Pipeline.define("p", scheduled(ignoring), given));
  }

  @Test
  @Shows("Flyte 28")
  void scheduledTime_boundToAnInput_isInTheKeyUnlessIgnored() {
    assertThat(at("2001-03-01T06:00:00Z", false)).containsExactly("at 2001-03-01T06:00:00Z");
    assertThat(at("2001-03-01T08:00:00+02:00", false)).as("the same moment").isEmpty();
    assertThat(at("2001-03-02", false)).containsExactly("at 2001-03-02T00:00:00Z");
    assertThat(at("2001-03-01T06:00:00Z", true)).hasSize(1);
    assertThat(at("2001-03-02", true)).as("ignored").isEmpty();

    CliLab lab = new CliLab(folder).with("p", scheduled(false));
    assertThat(lab.run("run", "p", "--scheduled-time", "2001-03-01").exit()).isZero();
    assertThat(lab.run("runs", "show").out()).contains("scheduled-time=2001-03-01T00:00:00Z");
    assertThat(lab.run("run", "p").err()).contains("give it with --scheduled-time");
    assertThat(lab.run("run", "p", "--scheduled-time", "noon").exit()).isEqualTo(2);
    assertThatExceptionOfType(ParameterException.class)
        .isThrownBy(() -> at("2001-03-01T06:00:00", false))
        .withMessageContaining("wanted a time with its offset");
    Bodies.take();
    assertThat(lab.run("run", "p", "--backfill=scheduled-time=2001-03-01..2001-03-03").exit())
        .isZero();
    assertThat(Bodies.take()).as("the first is there").hasSize(2);
  }
}
