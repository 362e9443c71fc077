package dev.reprise.bench.compare;

import static dev.reprise.cache.base.Checks.checkState;

import dev.reprise.bench.compare.Witness.Event;
import dev.reprise.bench.ratio.Comparison;
import dev.reprise.bench.taskbench.Pattern;
import dev.reprise.bench.taskbench.TaskBench.Shape;
import dev.reprise.cache.base.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How many units execute again in the run after one that was killed at a moment by chance, against
 * those that could not be kept: in flight then, or ended within the window in which results are
 * gathered to be committed together. Summed over some runs of units of a millisecond, each killed
 * as by {@code kill -9}.
 */
public final class ReExecuted implements Comparison {
  /** Within so long a result is committed. */
  private static final Duration WINDOW = Duration.ofMillis(20);

  private static final long LOOK_NANOS = 100_000;
  private static final int LONGEST_WAIT_NANOS = 3_000_000;
  private static final int MOST_SECONDS = 60;

  private final Ticker ticker = Ticker.system();
  private final Path folder;
  private final Shape shape;
  private final int kills;
  private final String main;
  private double unkeepable;

  /**
   * @param kills how many runs are killed
   */
  public ReExecuted(Path folder, int width, int steps, int kills) {
    this(folder, width, steps, kills, WitnessedGraph.class.getName());
  }

  /**
   * @param main the class that runs the graph, to be killed
   */
  ReExecuted(Path folder, int width, int steps, int kills, String main) {
    this.folder = folder;
    this.shape = new Shape(Pattern.STENCIL_1D, width, steps, Changed.millisecond());
    this.kills = kills;
    this.main = main;
  }

  @Override
  public boolean exact() {
    return true;
  }

  @Override
  public double ours() throws Exception {
    SplittableRandom chance = new SplittableRandom(kills);
    double again = 0;
    unkeepable = 0;
    for (int i = 0; i < kills; i++) {
      Path place = Files.createDirectories(folder.resolve("kill-" + i));
      again += executedAgain(place, chance);
      Folders.delete(place);
    }
    return again;
  }

  /** Of the same runs; there is nothing else to be run. */
  @Override
  public double peer() {
    return unkeepable;
  }

  private int executedAgain(Path place, SplittableRandom chance) throws Exception {
    Path home = place.resolve("home");
    Witness witness = new Witness(place.resolve("witness").toString());
    long killed = runAndKill(home, witness, chance);
    List<Event> before = witness.events();
    BitSet begun = units(before, /* begun= */ true);
    BitSet kept = units(endedBefore(before, killed - WINDOW.toNanos()), /* begun= */ false);
    BitSet unkept = (BitSet) begun.clone();
    unkept.andNot(kept);
    unkeepable += unkept.cardinality();
    try (Workplace work = Workplace.in(home)) {
      work.run(shape, WitnessedGraph.of(shape, witness));
    }
    List<Event> all = witness.events();
    BitSet again = units(all.subList(before.size(), all.size()), /* begun= */ true);
    BitSet either = (BitSet) begun.clone();
    either.or(again);
    int units = shape.width() * shape.steps();
    checkState(
        either.cardinality() == units,
        "%s of %s units executed in either run",
        either.cardinality(),
        units);
    again.and(begun);
    return again.cardinality();
  }

  /** Returns when it was killed. */
  private long runAndKill(Path home, Witness witness, SplittableRandom chance)
      throws IOException, InterruptedException {
    int eventsBefore = chance.nextInt(2 * shape.width() * shape.steps() * 9 / 10);
    int wait = chance.nextInt(LONGEST_WAIT_NANOS);
    Path said = home.resolveSibling("said");
    Process process =
        JavaProcess.of(
                main,
                home.toString(),
                witness.file(),
                "" + shape.width(),
                "" + shape.steps(),
                "" + shape.work())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    try {
      long end = ticker.nanos() + TimeUnit.SECONDS.toNanos(MOST_SECONDS);
      while (witness.count() <= eventsBefore) {
        checkState(process.isAlive(), "the run ended by itself: %s", Files.readString(said));
        checkState(ticker.nanos() < end, "the run does not come far in %s s", MOST_SECONDS);
        LockSupport.parkNanos(LOOK_NANOS);
      }
      LockSupport.parkNanos(wait);
      checkState(
          process.isAlive(), "the run ended before it was killed: %s", Files.readString(said));
      return ticker.nanos();
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static List<Event> endedBefore(List<Event> events, long nanos) {
    return events.stream().filter(event -> event.nanos() - nanos < 0).toList();
  }

  private static BitSet units(List<Event> events, boolean begun) {
    BitSet units = new BitSet();
    for (Event event : events) {
      if (event.begun() == begun) {
        checkState(!units.get(event.unit()), "unit %s executed twice in a run", event.unit());
        units.set(event.unit());
      }
    }
    return units;
  }
}
