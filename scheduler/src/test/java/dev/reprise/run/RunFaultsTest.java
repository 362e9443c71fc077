package dev.reprise.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Pipeline;
import dev.reprise.cache.testing.SeededTest;
import dev.reprise.graph.TaskGraph;
import dev.reprise.run.RunLab.Result;
import java.time.Duration;
import java.util.Random;

/**
 * Runs pipelines of any shape again and again while the world does its worst: answers in any order,
 * lost workers, failing code, blobs and entries that vanish, rot or are of another version, blobs
 * that cannot be moved out of the way, an index that breaks, a disk that hangs, other runs, Ctrl-C.
 * FAULTS I1, I3, I8, I9: whatever a run tells of is right, a cache fails no run, and every run
 * ends.
 */
class RunFaultsTest {
  private static final int RUNS = 4;
  private static final Duration LONGEST = Patience.COMMIT.multipliedBy(2);

  @SeededTest(seeds = 100)
  void run_cacheFaults_failNothingAndAreNeverSeen(Random random) {
    RunLab lab = lab(random);
    LabFaults faults = new LabFaults(lab, random);
    RandomPipeline pipeline = new RandomPipeline(random);
    for (int run = 0; run < RUNS; run++) {
      faults.beforeRun();
      lab.weather = faults.cacheTrouble();

      Result result = run(lab, faults, pipeline, -1);

      assertThat(result.summary().message()).isEmpty();
      assertThat(result.summary().state()).isEqualTo(RunState.SUCCEEDED);
      pipeline.edit(random);
    }
  }

  @SeededTest(seeds = 100)
  void run_anyFaults_endsAndTellsNothingWrong(Random random) {
    RunLab lab = lab(random);
    LabFaults faults = new LabFaults(lab, random);
    RandomPipeline pipeline = new RandomPipeline(random);
    for (int run = 0; run < RUNS; run++) {
      faults.beforeRun();
      int worst = 2 + random.nextInt(30);
      lab.weather = faults.anyTrouble(worst);
      faults.failAttempts(worst);
      CacheMode mode = CacheMode.values()[random.nextInt(CacheMode.values().length)];
      lab.options = RunOptions.DEFAULT.withCache(mode).withKeepGoing(random.nextBoolean());

      Result result = run(lab, faults, pipeline, random.nextInt(4) == 0 ? random.nextInt(40) : -1);

      if (result.summary().state() == RunState.SUCCEEDED) {
        assertThat(result.outcomes().values())
            .allMatch(outcome -> !outcome.startsWith("FAILED") && !outcome.startsWith("SKIPPED"));
      }
      pipeline.edit(random);
    }
  }

  private static RunLab lab(Random random) {
    RunLab lab = new RunLab();
    lab.chaos = random;
    lab.store.asBlobs = random.nextInt(4) > 0;
    lab.window = 1 + random.nextInt(8);
    return lab;
  }

  /**
   * @param cancelAt after so many events it is cancelled; never if negative
   */
  private static Result run(RunLab lab, LabFaults faults, RandomPipeline pipeline, int cancelAt) {
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
            ? began + LONGEST.toNanos()
            : cancelled[0] + Patience.STOPPING.plus(Patience.CLOSING).toNanos();
    assertThat(lab.now()).as("the end of the run").isLessThanOrEqualTo(limit);
    RunChecks checks = new RunChecks(result, lab, pipeline);
    checks.everyResultIsRight();
    checks.nothingIsHeld();
    checks.attemptsAreCounted(faults);
    checks.onlyWhatIsLostIsHealed();
    checks.whatIsKeptIsTold();
    return result;
  }
}
