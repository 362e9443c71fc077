package dev.reprise.spark;

import dev.reprise.executor.TaskExecutor.AttemptListener;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import org.jspecify.annotations.Nullable;

/**
 * An attempt at a unit, from when it was submitted on. The dispatcher's thread owns what changes.
 */
final class OpenUnit {
  /** What it was submitted with. */
  final WorkChunk chunk;

  final UnitWork work;
  final Claim claim;
  final AttemptListener listener;

  /** Which it goes out with, or went; null while it waits. */
  @Nullable Group group;

  /** Whether it came back with a whole job that failed; the second time it is lost. */
  boolean again;

  /** Whether it was asked to end. */
  boolean asked;

  /** Since when, by the ticker. */
  long askedNanos;

  /** Whether the listener knows that it has started. */
  boolean told;

  /** Whether the listener knows its end. */
  boolean answered;

  OpenUnit(WorkChunk chunk, UnitWork work, Claim claim, AttemptListener listener) {
    this.chunk = chunk;
    this.work = work;
    this.claim = claim;
    this.listener = listener;
  }

  String step() {
    return chunk.step();
  }

  long attempt() {
    return work.attempt();
  }

  /** Whether Spark has told that the task it is in runs. */
  boolean isRunning() {
    return group != null && group.task != Group.NO_TASK;
  }
}
