package dev.reprise.spark;

import dev.reprise.executor.TaskExecutor.AttemptListener;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Units of one step that go out as one Spark task. The executor's thread owns what changes. */
final class Group {
  /** Not yet started, as far as Spark has told. */
  static final long NO_TASK = -1;

  final WorkChunk chunk;
  final Claim claim;
  final AttemptListener listener;

  /** Whether these units failed with a whole job before; the second time they are lost. */
  final boolean again;

  /** Spark's id of the task that runs it. */
  long task = NO_TASK;

  /** Why its task was lost, as far as Spark has told. */
  @Nullable String lost;

  /** Whether it has one of the {@link Places}. */
  boolean placed;

  /** Whether its task came to an end. */
  boolean done;

  Group(WorkChunk chunk, Claim claim, AttemptListener listener, boolean again) {
    this.chunk = chunk;
    this.claim = claim;
    this.listener = listener;
    this.again = again;
  }

  List<UnitWork> units() {
    return chunk.units();
  }
}
