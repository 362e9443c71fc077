package dev.reprise.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.testing.Shows;
import dev.reprise.plan.Outcome;
import dev.reprise.plan.Reason.Code;
import dev.reprise.run.Pipelines;
import dev.reprise.run.RunState;
import dev.reprise.run.ScriptedRun;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunConsoleTest {
  private static final String RUN = "20261121-072007-7f3a";
  private static final Hints HINTS = new Hints("reprise", List.of(), () -> List.of(RUN));

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final ManualTime time = new ManualTime();

  private Screen screen(boolean colours) {
    return new Screen(
        new PrintStream(out, true, UTF_8),
        new PrintStream(err, true, UTF_8),
        colours,
        100,
        time,
        time);
  }

  private RunConsole plain(Verbosity verbosity) {
    return RunConsole.plain(screen(false), verbosity, HINTS);
  }

  private static ScriptedRun cold() {
    ScriptedRun run = Pipelines.warm(RUN);
    run.unit("months", 0).ran(Code.NO_ENTRY, "").took(20_000_000);
    for (int i = 0; i < 6; i++) {
      run.unit("clean", i).ran(Code.NO_ENTRY, "").took(350_000_000).late();
      run.unit("delays", i).ran(Code.NO_ENTRY, "").took(66_000_000).late();
    }
    run.unit("by-airport", 0).ran(Code.NO_ENTRY, "").took(200_000_000).late();
    run.unit("report", 0).ran(Code.NO_ENTRY, "").took(3_000_000).late();
    return run.took(1_200_000_000);
  }

  @Test
  void run_everythingCached_isOneLineAStepAndTheCounts() {
    Pipelines.warm(RUN).play(plain(Verbosity.NORMAL));

    assertThat(out.toString(UTF_8))
        .isEqualTo(
            """
            run 7f3a  flights  executor local  cache on
            plan       15 units: 15 cached, 0 to run, 0 not known yet
            CACHED     months       1 unit        saved 0.15 s
            CACHED     clean        6 units       saved 0.90 s
            CACHED     delays       6 units       saved 0.90 s
            CACHED     by-airport   1 unit        saved 0.15 s
            CACHED     report       1 unit        saved 0.15 s
            15 cached · 0 ran · 0 failed   wall 0.31 s   saved 2.3 s
            """);
    assertThat(err.toString(UTF_8)).isEmpty();
  }

  @Test
  void executorStarting_isALineWithTheTimeSoFar() {
    RunConsole console = plain(Verbosity.NORMAL);
    ScriptedRun run = cold();
    run.begin(console);
    console.executorStarting("ray", Duration.ofSeconds(2));
    console.executorStarting("ray", Duration.ofSeconds(4));

    assertThat(out.toString(UTF_8))
        .endsWith(
            """
            …          starting executor ray, 2.0 s
            …          starting executor ray, 4.0 s
            """);
  }

  @Test
  void run_nothingCached_saysOfEachStepWhyItRunsAndThatItRan() {
    cold().play(plain(Verbosity.NORMAL));

    assertThat(out.toString(UTF_8))
        .isEqualTo(
            """
            run 7f3a  flights  executor local  cache on
            plan       15 units: 0 cached, 1 to run, 14 not known yet
            RUN        months       1 unit        NO_ENTRY
            RAN        months       1 unit        20 ms
            RUN        clean        6 units       NO_ENTRY
            RAN        clean        6 units       2.1 s
            RUN        delays       6 units       NO_ENTRY
            RAN        delays       6 units       0.40 s
            RUN        by-airport   1 unit        NO_ENTRY
            RAN        by-airport   1 unit        0.20 s
            RUN        report       1 unit        NO_ENTRY
            RAN        report       1 unit        3 ms
            0 cached · 15 ran · 0 failed   wall 1.2 s   saved 0 s
            """);
  }

  @Test
  void run_someUnitsOfStepChanged_namesReasonsAndRanges() {
    ScriptedRun run = Pipelines.warm(RUN);
    run.unit("clean", 1).ran(Code.UPSTREAM_CHANGED, "months");
    run.unit("clean", 2).ran(Code.UPSTREAM_CHANGED, "months");
    run.unit("clean", 3).ran(Code.UPSTREAM_CHANGED, "months");
    run.unit("clean", 5).ran(Code.BLOB_MISSING, "");

    run.play(plain(Verbosity.NORMAL));

    assertThat(out.toString(UTF_8))
        .contains(
            "RUN        clean        4 of 6 units   UPSTREAM_CHANGED(months) month=2001-02 …"
                + " month=2001-04; BLOB_MISSING month=2001-06\n")
        .contains("RAN        clean        4 ran, 2 cached   0.60 s\n")
        .endsWith("11 cached · 4 ran · 0 failed   wall 0.31 s   saved 1.7 s\n");
  }

  @Test
  void run_unitFails_namesStepLabelAttemptCauseAndNextCommand() {
    ScriptedRun run = Pipelines.warm(RUN);
    run.unit("delays", 3)
        .failed(new IllegalStateException("bad row 17", new NumberFormatException("x")))
        .attempts(2);
    run.unit("by-airport", 0).ended(Outcome.SKIPPED, Code.UPSTREAM_FAILED, "delays");
    run.unit("report", 0).ended(Outcome.SKIPPED, Code.UPSTREAM_FAILED, "delays");
    run.ends(RunState.FAILED, 1, "'delays:month=2001-04' failed: bad row 17");

    run.play(plain(Verbosity.NORMAL));

    assertThat(err.toString(UTF_8))
        .startsWith(
            """
            error: delays:month=2001-04 failed in attempt 2
              java.lang.IllegalStateException: bad row 17
                at dev.reprise.console.RunConsoleTest""")
        .contains("  caused by java.lang.NumberFormatException: x\n")
        .endsWith("  next: reprise runs logs 7f3a delays:month=2001-04\n");
    assertThat(out.toString(UTF_8))
        .contains("FAILED     delays       1 failed, 5 cached   0.15 s\n")
        .contains("SKIPPED    report       1 unit        UPSTREAM_FAILED(delays)\n")
        .endsWith("12 cached · 0 ran · 1 failed · 2 skipped   wall 0.31 s   saved 1.8 s\n");
  }

  @Test
  void run_manyUnitsOfStepFail_tellsThreeAndCountsTheRest() {
    ScriptedRun run = Pipelines.warm(RUN);
    for (int i = 0; i < 6; i++) {
      run.unit("clean", i).failed(new IllegalStateException("no " + i));
    }

    run.ends(RunState.FAILED, 1, "…").play(plain(Verbosity.NORMAL));

    assertThat(err.toString(UTF_8)).contains("no 2").doesNotContain("no 3");
    assertThat(err.toString(UTF_8)).endsWith("error: 3 more units of clean failed\n");
  }

  @Test
  void run_unitsOfSeveralStepsFail_tellsFiveAndCountsTheRest() {
    ScriptedRun run = Pipelines.warm(RUN);
    for (int i = 0; i < 4; i++) {
      run.unit("clean", i).failed(new IllegalStateException("not clean " + i));
      run.unit("delays", i).failed(new IllegalStateException("no delay " + i));
    }

    run.ends(RunState.FAILED, 1, "…").play(plain(Verbosity.NORMAL));

    assertThat(err.toString(UTF_8).lines().filter(line -> line.endsWith("attempt 1"))).hasSize(5);
    assertThat(err.toString(UTF_8)).endsWith("error: 3 more units failed\n");
  }

  @Test
  void run_endedForAReasonOfItsOwnAfterAUnitFailed_saysBoth() {
    ScriptedRun run = Pipelines.warm(RUN);
    run.unit("clean", 0).failed(new IllegalStateException("no file"));
    run.ends(RunState.FAILED, 9, "the run took longer than its deadline");

    run.play(plain(Verbosity.QUIET));

    assertThat(err.toString(UTF_8))
        .startsWith("error: clean:month=2001-01 failed in attempt 1\n")
        .endsWith("error: the run took longer than its deadline\n");
  }

  @Test
  void run_failedOutsideOfUnits_saysWhy() {
    ScriptedRun run =
        Pipelines.warm(RUN).ends(RunState.FAILED, 4, "the engine 'spark' cannot be reached");

    run.play(plain(Verbosity.QUIET));

    assertThat(err.toString(UTF_8)).isEqualTo("error: the engine 'spark' cannot be reached\n");
  }

  @Test
  void run_quiet_isTheLastLineAlone() {
    cold().play(plain(Verbosity.QUIET));

    assertThat(out.toString(UTF_8))
        .isEqualTo("0 cached · 15 ran · 0 failed   wall 1.2 s   saved 0 s\n");
  }

  @Test
  void run_verbose_hasLineForEachUnitThatWasNotCached() {
    ScriptedRun run = Pipelines.warm(RUN);
    run.unit("delays", 0).ran(Code.ARG_CHANGED, "late-minutes");

    run.play(plain(Verbosity.VERBOSE));

    assertThat(out.toString(UTF_8))
        .startsWith("run " + RUN + "  flights")
        .contains("RAN        delays:month=2001-01   0.15 s        ARG_CHANGED(late-minutes)\n")
        .doesNotContain("delays:month=2001-02");
  }

  @Test
  void run_hundredThousandUnits_isTensOfLines() {
    int many = 100_000;
    String[] labels = new String[many];
    Arrays.setAll(labels, Integer::toString);
    ScriptedRun run =
        new ScriptedRun(RUN, Pipelines.flights()).units("months[]", labels).units("clean", labels);
    for (int i = 0; i < many; i += 2) {
      run.unit("clean", i).ran(Code.NO_ENTRY, "");
    }

    run.play(plain(Verbosity.NORMAL));

    assertThat(out.toString(UTF_8).lines()).hasSizeLessThan(10);
    assertThat(out.toString(UTF_8)).contains("NO_ENTRY 0, 2, 4, 6, and 49,996 more");
  }

  @Test
  @Shows("Fault 63")
  void run_labelWithEscapeSequence_isPrintedWithoutIt() {
    ScriptedRun run =
        new ScriptedRun(RUN, Pipelines.flights()).units("clean", "a\u001b[31m\nb", "c");
    run.unit("clean", 0).ran(Code.NO_ENTRY, "x\u001b]0;title\u0007");

    run.play(plain(Verbosity.VERBOSE));

    assertThat(out.toString(UTF_8)).doesNotContain("\u001b").contains("a\\u{1b}[31m\\u{a}b");
  }

  @Test
  void warning_manyOfOneKind_areToldFiveTimesAndCounted() {
    ScriptedRun run = Pipelines.warm(RUN);
    RunConsole console = plain(Verbosity.NORMAL);
    run.begin(console);
    for (int i = 0; i < 8; i++) {
      console.warning("WAITING", "unit " + i + " waits for run 51d0");
    }
    run.end(console);

    assertThat(err.toString(UTF_8).lines()).hasSize(6);
    assertThat(err.toString(UTF_8)).endsWith("warning: 3 more of kind WAITING\n");
  }

  @Test
  void run_longSilenceInPipe_isBrokenByProgressEveryTenSeconds() {
    ScriptedRun run = cold();
    RunConsole console = plain(Verbosity.NORMAL);
    run.begin(console);
    int before = out.size();

    time.pass(Duration.ofSeconds(9));
    assertThat(out.size()).isEqualTo(before);
    time.pass(Duration.ofSeconds(12));
    assertThat(out.toString(UTF_8).substring(before))
        .isEqualTo("…          0 of 15 units done, 10.0 s\n");
    run.end(console);
    assertThat(time.pending()).isZero();
  }

  @Test
  void run_onTerminal_drawsOneLineAnewAndLeavesNothingOfIt() {
    ScriptedRun run = cold();
    RunConsole console = RunConsole.rich(screen(true), Verbosity.NORMAL, HINTS);
    run.begin(console);
    assertThat(out.toString(UTF_8)).doesNotContain("━");

    time.pass(Duration.ofMillis(500));
    assertThat(out.toString(UTF_8)).endsWith("  0%  0 of 15 units done  0.40 s");
    run.playStep(console, run.graph().find("months").orElseThrow().id());
    time.pass(Duration.ofMillis(300));
    assertThat(out.toString(UTF_8)).contains("  7%  1 of 15 units done");
    run.end(console);

    String screen = out.toString(UTF_8);
    assertThat(screen.substring(screen.lastIndexOf("\r")))
        .startsWith("\r\u001b[K")
        .doesNotContain("━");
    assertThat(time.pending()).isZero();
  }
}
