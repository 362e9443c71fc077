package dev.reprise.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Plays seeds. {@code -Dsim.seed=S} plays one alone, {@code -Dsim.seeds=N} so many, {@code
 * -Dsim.from=S} begins with another than the first.
 */
final class SimSeeds {
  private static final String AGAIN =
      "mvn -o -B -Dfast test -pl scheduler -am -Dtest=SimulationTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dsim.seed=";

  private final long first;
  private final long count;

  private SimSeeds(long first, long count) {
    this.first = first;
    this.count = count;
  }

  /**
   * The seeds that were asked for.
   *
   * @param usual how many if nothing was
   */
  static SimSeeds given(long usual) {
    Long one = Long.getLong("sim.seed");
    return one != null
        ? new SimSeeds(one, 1)
        : new SimSeeds(Long.getLong("sim.from", 1), Long.getLong("sim.seeds", usual));
  }

  /**
   * Plays all, as many at a time as there are processors: each in a world and a thread of its own.
   * The message of a failure is the line that plays its seed again.
   */
  void play(Path folder) {
    OptionalLong failed =
        LongStream.range(first, first + count)
            .parallel()
            .filter(seed -> failureOf(seed, folder, new SimSeams()) != null)
            .findFirst();
    if (failed.isPresent()) {
      long seed = failed.getAsLong();
      System.err.println(AGAIN + seed);
      throw new AssertionError(AGAIN + seed, failureOf(seed, folder, new SimSeams()));
    }
  }

  /** How one seed fails; null if it does not. */
  static @Nullable Throwable failureOf(long seed, Path folder, SimSeams seams) {
    Path own = folder.resolve("seed" + seed);
    try {
      Simulation.play(seed, own, seams);
      return null;
    } catch (AssertionError | RuntimeException e) {
      return e;
    } finally {
      delete(own);
    }
  }

  private static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
      for (Path each : deepestFirst) {
        Files.delete(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
