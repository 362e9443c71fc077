package dev.reprise.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.IndexBatch;
import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.graph.TaskGraph;
import dev.reprise.run.RunLab.Result;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Some runs of one pipeline, which is edited between them, in a world in which anything may fail.
 * One seed is one course of events.
 */
final class Simulation {
  /** No chain of waits for the cache, other runs and slow attempts is longer. */
  private static final Duration LONGEST = Duration.ofMinutes(20);

  /** Neighbours begin far from each other, or their first choices would be the same. */
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  /** One seed of so many never sees a fault: exactly what must run may run. */
  private static final int CALM = 3;

  /** One seed of so many has tasks that say more of reuse, and runs that are asked for more. */
  private static final int EXTRAS = 2;

  /** So many seeds go by for one whose journals are written to a disk and read back. */
  private static final int JOURNALS = 10;

  /** And one of so many has nested pipelines that are kept as a whole. */
  private static final int NESTED = 2;

  /** And of those with extras, whose runs go on from each other. */
  private static final int EXTRA_JOURNALS = 4;

  private final Random random;
  private final SimWorld world;
  private final SimOracle oracle;
  private final boolean calm;
  private final List<String> course = new ArrayList<>();
  private final boolean journals;

  /** Chance of its own, so that seeds without are what they were; or null. */
  private final @Nullable Random extras;

  /** Steps and files that a run is not asked for. */
  private final Set<String> leftOut = new TreeSet<>();

  private final Set<String> unread = new TreeSet<>();

  /** Whether the last run ended so. */
  private boolean crashed;

  private Simulation(long seed, Path folder, SimSeams seams) {
    this.random = new Random(seed * SPREAD);
    this.calm = Math.floorMod(seed, CALM) == 0;
    Random more = new Random(Long.reverse(seed * SPREAD));
    this.extras = more.nextInt(EXTRAS) == 0 ? more : null;
    this.journals = Math.floorMod(seed, extras == null ? JOURNALS : EXTRA_JOURNALS) == 0;
    Random nesting = new Random(Long.reverse(~(seed * SPREAD)));
    this.world =
        new SimWorld(
            random,
            new Random(~(seed * SPREAD)),
            extras,
            nesting.nextInt(NESTED) == 0 ? nesting : null,
            folder,
            journals,
            seams);
    this.oracle = new SimOracle(world);
    world.rows.watch(oracle::written);
  }

  /**
   * Plays one seed.
   *
   * @param folder for its files
   * @return what happened in each run, in words
   * @throws AssertionError if a run was not right
   */
  static List<String> play(long seed, Path folder, SimSeams seams) {
    Simulation simulation = new Simulation(seed, folder, seams);
    try {
      int least = simulation.world.pipeline.lasting ? 4 : 2;
      for (int runs = least + simulation.random.nextInt(5); runs > 0; runs--) {
        simulation.editAndRun();
      }
    } catch (AssertionError | RuntimeException e) {
      String course = String.join("\n", simulation.course);
      e.addSuppressed(new AssertionError("the course of seed " + seed + ":\n" + course));
      throw e;
    }
    return simulation.course;
  }

  private void editAndRun() {
    boolean asBefore = crashed && random.nextInt(4) > 0; // somebody tries again
    for (int edits = asBefore ? 0 : random.nextInt(3); edits > 0; edits--) {
      world.pipeline.edit();
    }
    world.faults.choose(calm);
    if (world.faults.endLate()) {
      world.pipeline.editFile(); // else there may be nothing to write
    }
    world.lab.pass(Duration.ofHours(1 + random.nextInt(4)));
    RunOptions options = options();
    world.gc.begin();
    world.lab.options = world.gc.isBeside() ? options.withCache(CacheMode.READ) : options;
    if (random.nextBoolean()) {
      repair();
    }
    evict();
    TaskGraph graph = world.declare();
    oracle.before(graph, leftOut, unread);
    long began = world.lab.now();
    tell("run of %s with %s", world.lab.options, world.faults);
    RunLoop[] loop = new RunLoop[1];
    Result result = null;
    try {
      result =
          world.lab.run(
              graph,
              prepared -> {
                loop[0] = prepared;
                world.faults.begin(prepared);
              });
    } catch (SimFaults.Crash e) {
      // As the fault would have it.
    }
    world.faults.end();
    tell("executed %s", world.executions());
    tell("warned %s", world.lab.warnings);
    crashed = result == null || world.faults.crashed();
    if (crashed) {
      tell("crashed");
      oracle.atCrash(loop[0].view());
      world.restart(random.nextInt(world.faults.endLate() ? 4 : 2) == 0);
      oracle.afterCrash();
      return;
    }
    tell("ended %s: %s", result.summary(), result.outcomes());
    assertThat(Duration.ofNanos(world.lab.now() - began)).isLessThan(LONGEST);
    world.gc.afterRun(result.view());
    oracle.after(result);
    if (journals) {
      SimJournal.check(world.history, result);
      boolean whole = world.faults.spareTheCache(); // else it may have lost what it made
      if (whole && leftOut.isEmpty() && unread.isEmpty() && mayBeGoneOnFrom(world.lab.options)) {
        oracle.remember(result.view());
      }
    }
    world.lab.commitsHang = false;
    world.sync();
  }

  /** As {@code cache gc} does. */
  private void evict() {
    try {
      world.gc.betweenRuns(/* mayCrash= */ !calm);
    } catch (SimFaults.Crash e) {
      tell("evicted, and crashed: %s", e.getMessage());
      world.restart(world.gc.powerCut());
    }
    oracle.afterEviction();
  }

  private void tell(String what, Object... of) {
    course.add(what.formatted(of));
  }

  private RunOptions options() {
    CacheMode[] modes = CacheMode.values();
    CacheMode mode = random.nextInt(5) > 1 ? CacheMode.ON : modes[random.nextInt(modes.length)];
    RunOptions options =
        RunOptions.DEFAULT
            .withExecutor("cluster", Map.of())
            .withCache(mode)
            .withKeepGoing(random.nextInt(4) > 0);
    String step = world.pipeline.steps.get(random.nextInt(world.pipeline.steps.size())).name();
    RunOptions all =
        switch (random.nextInt(10)) {
          case 0 -> options.withRerun(Set.of(step));
          case 1 -> options.withRerunFrom(Set.of(step));
          default -> options;
        };
    leftOut.clear();
    unread.clear();
    return extras == null ? all : withExtras(all, extras);
  }

  private RunOptions withExtras(RunOptions options, Random chance) {
    RunOptions all = chance.nextInt(4) == 0 ? options.withMemo(chance.nextInt(3) > 0) : options;
    List<String> runs = oracle.runs();
    if (!runs.isEmpty() && chance.nextInt(3) == 0) {
      return all.withResume(runs.get(chance.nextInt(runs.size())));
    }
    return switch (chance.nextInt(8)) {
      case 0 -> upTo(all, any(world.pipeline.steps, chance));
      case 1, 2 -> some(all, chance);
      case 3, 4 -> only(all, chance);
      default -> all;
    };
  }

  /** What such a run was to make anew, those that go on from it would. */
  private static boolean mayBeGoneOnFrom(RunOptions options) {
    return options.rerun().isEmpty()
        && options.rerunFrom().isEmpty()
        && options.resume() == null
        && options.cache() != CacheMode.REFRESH;
  }

  private RunOptions upTo(RunOptions options, SimStep last) {
    Set<String> needed = world.pipeline.upstream(last);
    world.pipeline.steps.forEach(step -> leftOut.add(step.name()));
    leftOut.removeAll(needed);
    return options.withUpTo(Set.of(last.name()));
  }

  private RunOptions only(RunOptions options, Random chance) {
    Set<String> named = new TreeSet<>();
    do {
      named.add(any(world.pipeline.steps, chance).name());
    } while (chance.nextBoolean());
    world.pipeline.steps.forEach(step -> leftOut.add(step.name()));
    leftOut.removeAll(named);
    return options.withOnly(named);
  }

  private static SimStep any(List<SimStep> steps, Random chance) {
    return steps.get(chance.nextInt(steps.size()));
  }

  private RunOptions some(RunOptions options, Random chance) {
    List<String> sources = new ArrayList<>(world.pipeline.sources.keySet());
    String source = sources.get(chance.nextInt(sources.size()));
    Set<String> read = new TreeSet<>();
    for (String label : world.pipeline.sources.get(source).keySet()) {
      (chance.nextBoolean() ? read : unread).add(source + "=" + label);
    }
    if (read.isEmpty()) {
      unread.clear();
      return options;
    }
    return options.withPartitions(read);
  }

  /** Takes away what is damaged, and what names it, as {@code cache verify --repair} does. */
  private void repair() {
    IndexBatch removals = new IndexBatch();
    for (CacheEntry entry : world.entries()) {
      entry.manifest().blobs().stream()
          .filter(blob -> !world.disk.isWhole(blob))
          .forEach(
              blob -> {
                world.disk.lose(blob);
                removals.add(new Change.Remove(entry.key()));
              });
    }
    world.disk.altered().forEach(world.disk::lose);
    world.damagedEntries().forEach(key -> removals.add(new Change.Remove(key)));
    world.write(removals);
  }
}
