package dev.reprise.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Pipeline;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.testing.SeededTest;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.ErrorInfo;
import dev.reprise.graph.Node;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.Outcome;
import dev.reprise.run.RunLab.Result;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs pipelines of any shape again and again while the world does its worst: answers in any order,
 * lost workers, failing code, blobs and entries that vanish or rot, an index that breaks, Ctrl-C.
 * FAULTS I1, I3, I8: whatever a run tells of is right, a cache fails no run, and every run ends.
 */
class RunFaultsTest {
  private static final int RUNS = 4;
  private static final Set<Outcome> WITH_RESULT =
      EnumSet.of(Outcome.CACHED, Outcome.RAN, Outcome.SHARED);

  @SeededTest(seeds = 100)
  void run_cacheFaults_failNothingAndAreNeverSeen(Random random) {
    RunLab lab = lab(random);
    RandomPipeline pipeline = new RandomPipeline(random);
    for (int run = 0; run < RUNS; run++) {
      lab.index.broken = false;
      int[] left = {3};
      int breakAt = random.nextInt(200);
      lab.weather =
          () -> {
            if (left[0] > 0 && random.nextInt(10) == 0) {
              left[0]--;
              damage(lab, random);
            }
            lab.index.broken |= left[0]-- == -breakAt;
          };

      Result result = run(lab, pipeline, random, null);

      assertThat(result.summary().message()).isEmpty();
      assertThat(result.summary().state()).isEqualTo(RunState.SUCCEEDED);
      check(result, lab, pipeline);
      pipeline.edit(random);
    }
  }

  @SeededTest(seeds = 100)
  void run_anyFaults_endsAndTellsNothingWrong(Random random) {
    RunLab lab = lab(random);
    RandomPipeline pipeline = new RandomPipeline(random);
    for (int run = 0; run < RUNS; run++) {
      lab.index.broken = false;
      int worst = 2 + random.nextInt(30);
      lab.weather =
          () -> {
            if (random.nextInt(worst) == 0) {
              damage(lab, random);
            }
            lab.index.broken |= random.nextInt(500) == 0;
          };
      lab.meddle =
          (unit, attempt) ->
              switch (random.nextInt(worst)) {
                case 0 ->
                    new AttemptResult.UserError(
                        ErrorInfo.of(new IllegalStateException("bad luck")), 1, Bytes.EMPTY);
                case 1 -> new AttemptResult.Lost("worker gone", 1, Bytes.EMPTY);
                default -> null;
              };
      RunOptions calm = RunOptions.DEFAULT;
      lab.options =
          new RunOptions(
              CacheMode.values()[random.nextInt(CacheMode.values().length)],
              calm.executor(),
              calm.executorOptions(),
              calm.rerun(),
              calm.rerunFrom(),
              calm.only(),
              random.nextBoolean(),
              calm.maxParallel(),
              calm.timeout(),
              calm.labels(),
              calm.command());

      Result result = run(lab, pipeline, random, random.nextInt(4) == 0 ? random : null);

      check(result, lab, pipeline);
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

  private static Result run(
      RunLab lab, RandomPipeline pipeline, Random random, @Nullable Random cancelling) {
    pipeline.versions.forEach((step, version) -> lab.codeVersions.put(step, "v" + version));
    TaskGraph graph = Pipeline.define("lab", pipeline::define).graph();
    Runnable before = lab.weather;
    Result result =
        lab.run(
            graph,
            loop -> {
              if (cancelling != null) {
                int[] countdown = {random.nextInt(40)};
                lab.weather =
                    () -> {
                      before.run();
                      if (countdown[0]-- == 0) {
                        loop.cancel();
                      }
                    };
              }
            });
    lab.weather = before;
    return result;
  }

  private static void damage(RunLab lab, Random random) {
    List<Fingerprint> blobs = new ArrayList<>(lab.store.blobs.keySet());
    blobs.sort(null);
    int kind = random.nextInt(3);
    if (kind == 0 && !lab.index.entries.isEmpty()) {
      var keys = new ArrayList<>(lab.index.entries.keySet());
      lab.index.entries.remove(keys.get(random.nextInt(keys.size())));
    } else if (!blobs.isEmpty()) {
      Fingerprint blob = blobs.get(random.nextInt(blobs.size()));
      if (kind == 1) {
        lab.store.blobs.remove(blob);
      } else {
        lab.store.blobs.put(blob, new byte[] {1});
      }
    }
  }

  /** Every unit has ended, and the content of every result is what it must be. */
  private static void check(Result result, RunLab lab, RandomPipeline pipeline) {
    RunView view = result.view();
    Map<String, List<String>> expected = pipeline.expected();
    for (Node node : view.graph().nodes()) {
      for (int i = 0; node.isStep() && i < view.unitCount(node.id()); i++) {
        int unit = view.firstUnit(node.id()) + i;
        Outcome outcome = view.outcome(unit);
        assertThat(outcome).isNotNull();
        boolean inner = node.kind() == Node.Kind.COMBINE && i < view.unitCount(node.id()) - 1;
        if (WITH_RESULT.contains(outcome) && !inner) {
          List<String> wanted = expected.get(node.name());
          Fingerprint content =
              switch (node.kind()) {
                case FAN_OUT -> many(wanted);
                case EACH -> one(wanted.get(i));
                default -> one(wanted.get(0));
              };
          assertThat(view.content(unit))
              .as("%s:%s, %s", node.name(), view.label(unit), outcome)
              .contains(content);
        }
      }
    }
  }

  private static Fingerprint one(String value) {
    return Hasher.of("lab").putBytes(RunLab.encode(value)).finish();
  }

  private static Fingerprint many(List<String> values) {
    Hasher hasher = Hasher.of("reprise/many").putLong(values.size());
    values.forEach(value -> hasher.putFingerprint(one(value)));
    return hasher.finish();
  }
}
