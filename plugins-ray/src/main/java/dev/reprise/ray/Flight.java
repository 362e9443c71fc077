package dev.reprise.ray;

import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A Ray task on its way. Guarded by the executor's lock.
 *
 * <p>Whoever removes an attempt from {@link #open} answers it.
 */
final class Flight {
  /** Names the task in the channel. */
  final String task;

  final StepQueue step;
  final WorkChunk chunk;
  final long sent;

  /** Whether it had a slot for itself when it was sent, so that its time tells what Ray takes. */
  final boolean alone;

  /** Units that are not answered, in their order. */
  final Map<Long, UnitWork> open = new LinkedHashMap<>();

  final Set<Long> started = new HashSet<>();
  final Set<Long> cancelled = new HashSet<>();

  /** Ray's reference; null while it is being submitted. */
  @Nullable Object ref;

  /** When cancelled units are given up, whatever the worker does; 0 for never. */
  long giveUpAt;

  Flight(String task, StepQueue step, WorkChunk chunk, long sent, boolean alone) {
    this.task = task;
    this.step = step;
    this.chunk = chunk;
    this.sent = sent;
    this.alone = alone;
    chunk.units().forEach(unit -> open.put(unit.attempt(), unit));
  }
}
