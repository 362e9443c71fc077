package dev.reprise.bench.compare;

import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline.Defined;
import dev.reprise.bench.ratio.Comparison;
import dev.reprise.bench.taskbench.Edits;
import dev.reprise.bench.taskbench.Pattern;
import dev.reprise.bench.taskbench.TaskBench;
import dev.reprise.bench.taskbench.TaskBench.Shape;
import dev.reprise.cache.index.IndexLockedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A run of units of a millisecond whose journal, index and store are on a disk, which syncs what
 * the run wants synced, against the same run with all of them in memory, where a sync does nothing.
 * Both find nothing and keep everything, in a home that is new each time.
 */
public final class Durability implements Comparison {
  /** Where Linux has its files in memory. */
  private static final Path MEMORY = Path.of("/dev/shm");

  private static final long LEAST_FREE = 256L << 20;

  /** Opens a home in a new folder. */
  @FunctionalInterface
  interface Opening {
    Workplace in(Path folder) throws IndexLockedException;
  }

  private final Shape shape;
  private final Defined<Partitions<Long>> graph;
  private final Path disk;
  private final Path memory;
  private final boolean inMemory;
  private final Opening peer;
  private int rounds;

  public Durability(Path folder, int width, int steps) throws IOException {
    this(folder, width, steps, Workplace::in);
  }

  Durability(Path folder, int width, int steps, Opening peer) throws IOException {
    this.peer = peer;
    shape = new Shape(Pattern.STENCIL_1D, width, steps, Changed.millisecond());
    graph = TaskBench.pipeline(shape, Edits.NONE);
    disk = folder;
    inMemory =
        Files.isWritable(MEMORY) && Files.getFileStore(MEMORY).getUsableSpace() >= LEAST_FREE;
    memory = Files.createTempDirectory(inMemory ? MEMORY : folder, "reprise-bench-");
  }

  @Override
  public double ours() throws Exception {
    return run(disk, Workplace::in);
  }

  @Override
  public double peer() throws Exception {
    return run(memory, peer);
  }

  private double run(Path folder, Opening opening) throws Exception {
    Path home = folder.resolve("home-" + ++rounds);
    double nanos;
    try (Workplace place = opening.in(home)) {
      nanos = place.run(shape, graph).nanos();
      place.planCached(shape, graph);
    }
    Folders.delete(home);
    return nanos;
  }

  @Override
  public List<String> notes() {
    return inMemory
        ? List.of()
        : List.of(
            "no %s with %d MiB: both sides are on one disk, so the ratio says nothing"
                .formatted(MEMORY, LEAST_FREE >> 20));
  }

  @Override
  public void close() throws IOException {
    Folders.delete(memory);
  }
}
