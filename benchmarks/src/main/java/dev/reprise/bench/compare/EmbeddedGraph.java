package dev.reprise.bench.compare;

import dev.reprise.bench.taskbench.Edits;
import dev.reprise.bench.taskbench.Metg;
import dev.reprise.bench.taskbench.TaskBench;
import dev.reprise.bench.taskbench.TaskBench.Shape;
import java.nio.file.Path;

/**
 * A graph on the local executor, in a new home each time: nothing is found there and everything is
 * kept.
 */
public final class EmbeddedGraph implements Metg.Graph {
  private final Path folder;
  private final Shape shape;
  private int rounds;

  /**
   * @param folder where its homes are made
   */
  public EmbeddedGraph(Path folder, Shape shape) {
    this.folder = folder;
    this.shape = shape;
  }

  @Override
  public double nanos(long work) throws Exception {
    Path home = folder.resolve("home-" + ++rounds);
    Shape wanted = shape.withWork(work);
    double nanos;
    try (Workplace place = Workplace.in(home)) {
      nanos = place.run(wanted, TaskBench.pipeline(wanted, Edits.NONE)).nanos();
    }
    Folders.delete(home);
    return nanos;
  }
}
