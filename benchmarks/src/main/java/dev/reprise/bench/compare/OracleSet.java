package dev.reprise.bench.compare;

import static dev.reprise.cache.base.Checks.checkState;

import dev.reprise.bench.ratio.Comparison;
import dev.reprise.bench.taskbench.Edits;
import dev.reprise.bench.taskbench.Pattern;
import dev.reprise.bench.taskbench.TaskBench;
import dev.reprise.bench.taskbench.TaskBench.Shape;
import dev.reprise.run.RunOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How many units execute over several rounds of edits in every pattern, against an oracle that
 * knows all inputs: a unit must execute when it gets what it never got before, and only then.
 */
public final class OracleSet implements Comparison {
  private static final int ROUNDS = 6;
  private static final int PER_MILLE = 20;

  private final Path folder;
  private final int width;
  private final int steps;

  public OracleSet(Path folder, int width, int steps) {
    this.folder = folder;
    this.width = width;
    this.steps = steps;
  }

  @Override
  public boolean exact() {
    return true;
  }

  @Override
  public double ours() throws Exception {
    double executed = 0;
    for (Pattern pattern : Pattern.values()) {
      Shape shape = new Shape(pattern, width, steps, 0);
      try (Workplace work = Workplace.in(folder.resolve(pattern.name()))) {
        Edits edits = new Edits(pattern.ordinal(), PER_MILLE, 0);
        Oracle oracle = new Oracle(shape);
        for (int round = 0; round < ROUNDS; round++, edits = edits.next()) {
          int wanted = oracle.executes(edits);
          int ran =
              work.run(shape, TaskBench.pipeline(shape, edits), edits, RunOptions.DEFAULT)
                  .executed();
          checkState(
              ran == wanted,
              "%s, round %s: %s units executed, the oracle says %s",
              pattern,
              round,
              ran,
              wanted);
          executed += ran;
        }
      }
    }
    return executed;
  }

  @Override
  public double peer() {
    double executes = 0;
    for (Pattern pattern : Pattern.values()) {
      Oracle oracle = new Oracle(new Shape(pattern, width, steps, 0));
      Edits edits = new Edits(pattern.ordinal(), PER_MILLE, 0);
      for (int round = 0; round < ROUNDS; round++, edits = edits.next()) {
        executes += oracle.executes(edits);
      }
    }
    return executes;
  }

  /** Knows what every unit got so far. */
  private static final class Oracle {
    private final Shape shape;
    private final Set<List<Long>> seen = new HashSet<>();
    private final Set<Edits> fannedOut = new HashSet<>();

    Oracle(Shape shape) {
      this.shape = shape;
    }

    /** How many units execute in a run with these edits, after the runs before. */
    int executes(Edits edits) {
      int count = fannedOut.add(edits) ? 1 : 0;
      List<Long> points = TaskBench.pointsOf(shape, edits);
      long[][] cells = TaskBench.expected(shape, edits);
      for (int step = 0; step < shape.steps(); step++) {
        for (int point = 0; point < shape.width(); point++) {
          List<Long> got = new ArrayList<>(List.of((long) step, points.get(point)));
          for (int input : shape.pattern().dependencies(step, point, shape.width())) {
            got.add(cells[step - 1][input]);
          }
          count += seen.add(got) ? 1 : 0;
        }
      }
      return count;
    }
  }
}
