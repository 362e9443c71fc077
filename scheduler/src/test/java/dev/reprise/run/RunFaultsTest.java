package dev.reprise.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Pipeline;
import dev.reprise.cache.testing.SeededTest;
import dev.reprise.graph.TaskGraph;
import dev.reprise.run.RunLab.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;

/**
 * Runs pipelines of any shape again and again while the world does its worst: answers in any order,
 * lost workers, failing code, executors that start late or not at all, blobs and entries that
 * vanish, rot or are of another version, blobs that cannot be moved out of the way, an index that
 * breaks, a disk that hangs, other runs, Ctrl-C. FAULTS I1, I3, I5, I8, I9: whatever a run tells of
 * is right, a cache fails no run, and every run ends.
 */
class RunFaultsTest {
  private static final int RUNS = 4;
  private static final Duration LONGEST = Patience.COMMIT.multipliedBy(2);

  /** A run beside another may wait for the other's disk, too. */
  private static final Duration LONGEST_BESIDE = Patience.COMMIT.multipliedBy(3);

  private static int runs;
  private static int healed;

  /** What is only looked at if it happens must have happened. */
  @AfterAll
  static void healing_ofBlobs_wasSeenOften() {
    if (runs > 100) { // not if one seed is run alone
      assertThat(healed).as("healed blobs in %d runs", runs).isGreaterThan(runs / 10);
    }
  }

  @SeededTest(seeds = 100)
  void run_cacheFaults_failNothingAndAreNeverSeen(Random random) {
    LabFaults faults = faults(random, new RunLab());
    RandomPipeline pipeline = new RandomPipeline(random);
    for (int run = 0; run < RUNS; run++) {
      faults.beforeRun();
      faults.lab.weather = faults.cacheTrouble();

      Result result = run(faults, pipeline, -1, LONGEST);

      assertThat(result.summary().message()).as("warnings: %s", faults.lab.warnings).isEmpty();
      assertThat(result.summary().state()).isEqualTo(RunState.SUCCEEDED);
      assertNothingIsHeld(faults.lab);
      pipeline.edit(random);
    }
  }

  @SeededTest(seeds = 100)
  void run_anyFaults_endsAndTellsNothingWrong(Random random) {
    LabFaults faults = faults(random, new RunLab());
    RandomPipeline pipeline = new RandomPipeline(random);
    for (int run = 0; run < RUNS; run++) {
      runWithAnyTrouble(faults, pipeline, random, LONGEST);
      assertNothingIsHeld(faults.lab);
      pipeline.edit(random);
    }
  }

  @SeededTest(seeds = 100)
  void run_twoOfOneDriverAndAnyFaults_bothEndAndTellNothingWrong(Random random) {
    LabFaults faults = faults(random, new RunLab());
    LabFaults beside = faults(random, new RunLab(faults.lab));
    RandomPipeline pipeline = new RandomPipeline(random);
    for (int run = 0; run < RUNS; run++) {
      faults.lab.together(
          () -> runWithAnyTrouble(faults, pipeline, random, LONGEST_BESIDE),
          () -> runWithAnyTrouble(beside, pipeline, random, LONGEST_BESIDE));
      assertNothingIsHeld(faults.lab);
      pipeline.edit(random);
    }
  }

  /**
   * FAULTS 35: what both need is made once, and no executor is started for what the other makes.
   */
  @SeededTest(seeds = 100)
  void run_twoOfOneDriver_makeEachResultOnce(Random random) {
    LabFaults faults = faults(random, new RunLab());
    LabFaults beside = faults(random, new RunLab(faults.lab));
    RandomPipeline pipeline = new RandomPipeline(random);
    for (int run = 0; run < RUNS; run++) {
      List<Result> results = new ArrayList<>();
      faults.lab.together(
          () -> results.add(run(faults, pipeline, -1, LONGEST_BESIDE)),
          () -> results.add(run(beside, pipeline, -1, LONGEST_BESIDE)));

      assertThat(results).allMatch(each -> each.summary().message().isEmpty());
      Map<String, Integer> executions = new TreeMap<>(faults.lab.executions);
      beside.lab.executions.forEach((unit, count) -> executions.merge(unit, count, Integer::sum));
      assertThat(executions.values()).allMatch(count -> count == 1);
      for (RunLab each : List.of(faults.lab, beside.lab)) {
        assertThat(each.opened)
            .as("executors started for the attempts at %s", each.executions)
            .isEqualTo(pipeline.executorsOf(each.executions.keySet()));
      }
      assertNothingIsHeld(faults.lab);
      pipeline.edit(random);
    }
  }

  private static LabFaults faults(Random random, RunLab lab) {
    lab.chaos = random;
    lab.store.asBlobs = random.nextInt(4) > 0;
    lab.window = 1 + random.nextInt(8);
    lab.options = RunOptions.DEFAULT.withExecutor("cluster", Map.of());
    return new LabFaults(lab, random);
  }

  private static void runWithAnyTrouble(
      LabFaults faults, RandomPipeline pipeline, Random random, Duration longest) {
    RunLab lab = faults.lab;
    faults.beforeRun();
    faults.failExecutors();
    int worst = 2 + random.nextInt(30);
    lab.weather = faults.anyTrouble(worst);
    faults.failAttempts(worst);
    CacheMode mode = CacheMode.values()[random.nextInt(CacheMode.values().length)];
    lab.options = lab.options.withCache(mode).withKeepGoing(random.nextBoolean());

    int cancelAt = random.nextInt(4) == 0 ? random.nextInt(40) : -1;
    Result result = run(faults, pipeline, cancelAt, longest);

    if (result.summary().state() == RunState.SUCCEEDED) {
      assertThat(result.outcomes().values())
          .allMatch(outcome -> !outcome.startsWith("FAILED") && !outcome.startsWith("SKIPPED"));
    }
  }

  /**
   * @param cancelAt after so many events it is cancelled; never if negative
   * @param longest within which it ends if it is not
   */
  private static Result run(
      LabFaults faults, RandomPipeline pipeline, int cancelAt, Duration longest) {
    RunLab lab = faults.lab;
    pipeline.versions.forEach((step, version) -> lab.codeVersions.put(step, "v" + version));
    TaskGraph graph = Pipeline.define("lab", pipeline::define).graph();
    Runnable weather = lab.weather;
    long[] cancelled = {Long.MAX_VALUE};
    long began = lab.now();
    Result result =
        lab.run(
            graph,
            loop -> {
              int[] countdown = {cancelAt};
              lab.weather =
                  () -> {
                    weather.run();
                    if (countdown[0]-- == 0) {
                      loop.cancel();
                      cancelled[0] = lab.now();
                    }
                  };
            });
    long limit =
        cancelled[0] == Long.MAX_VALUE
            ? began + longest.toNanos()
            : cancelled[0] + Patience.STOPPING.plus(Patience.CLOSING).toNanos();
    assertThat(lab.now()).as("the end of the run").isLessThanOrEqualTo(limit);
    RunChecks checks = new RunChecks(result, lab, pipeline);
    checks.everyResultIsRight();
    checks.everythingIsClosed();
    checks.attemptsAreCounted(faults);
    healed += checks.onlyWhatIsLostIsHealed();
    checks.whatIsKeptIsTold();
    runs++;
    return result;
  }

  /** Nothing is left behind that another run would wait for. */
  private static void assertNothingIsHeld(RunLab lab) {
    assertThat(lab.claims.held.values()).allMatch(claim -> claim.owner().equals("run other"));
  }
}
