package dev.reprise.bench.compare;

import dev.reprise.api.Driver.Plan;
import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline.Defined;
import dev.reprise.bench.ratio.Comparison;
import dev.reprise.bench.taskbench.Edits;
import dev.reprise.bench.taskbench.TaskBench;
import dev.reprise.bench.taskbench.TaskBench.Shape;
import dev.reprise.run.RunView;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A plan in which everything is found, in a driver that lives and an index that is warm, against
 * the bare look-ups of the same keys: sorted beforehand, 512 at a time, by two threads.
 */
public final class NoOp implements Comparison {
  private final Shape shape;
  private final Workplace work;
  private final Defined<Partitions<Long>> graph;
  private final SortedLookups peer;

  public NoOp(Path folder, Shape shape) throws Exception {
    this.shape = shape;
    this.work = Workplace.in(folder.resolve("home"));
    this.graph = TaskBench.pipeline(shape, Edits.NONE);
    work.run(shape, graph);
    this.peer =
        new SortedLookups(folder.resolve("peer"), keys(work.timedPlan(shape, graph).plan()));
  }

  private static List<byte[]> keys(Plan plan) {
    RunView view = plan.view();
    List<byte[]> keys = new ArrayList<>();
    view.graph().nodes().stream()
        .filter(node -> node.isStep())
        .forEach(
            node -> {
              for (int i = 0; i < view.unitCount(node.id()); i++) {
                keys.add(view.key(view.firstUnit(node.id()) + i).orElseThrow().bytes());
              }
            });
    return keys;
  }

  @Override
  public double ours() {
    return work.planCached(shape, graph);
  }

  @Override
  public double peer() throws Exception {
    return peer.nanos();
  }

  @Override
  public void close() throws Exception {
    try (work) {
      peer.close();
    }
  }
}
