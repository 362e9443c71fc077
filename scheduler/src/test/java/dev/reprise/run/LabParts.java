package dev.reprise.run;

import dev.reprise.cache.claim.Claims;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.HeldMemos;
import dev.reprise.plan.Recollections;
import dev.reprise.plan.Remembering;
import dev.reprise.plan.TaskResolver;
import dev.reprise.plan.ValueEncoder;
import java.util.List;
import java.util.function.Consumer;

/** What stands in the lab for everything that a run uses and does not own. */
interface LabParts {
  /** The index. */
  CacheIndex index();

  /** Who computes what. */
  Claims claims();

  /** Says what is behind a task. */
  TaskResolver resolver();

  /** Digests what the user gives. */
  ValueEncoder values();

  /** The files of sources. */
  RunEnvironment.Sources sources();

  /** Opens an executor. */
  TaskExecutor executor(TaskGraph graph);

  /** Opens the committing side. */
  Commits commits(Consumer<List<Commits.Settled>> settled);

  /** Which steps are remembered as wholes. */
  Remembering remembering();

  /** What runs of this driver handed out. */
  HeldMemos held();

  /** What earlier runs made that a run with these options goes on from. */
  default Recollections recollections(RunOptions options) {
    return Recollections.NONE;
  }

  /** Those who are told of a run, beside the lab itself. */
  default List<RunListener> listeners(String run) {
    return List.of();
  }
}
