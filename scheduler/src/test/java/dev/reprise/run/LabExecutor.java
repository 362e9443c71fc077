package dev.reprise.run;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.executor.Argument;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.ErrorInfo;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.graph.TaskGraph;
import dev.reprise.task.Functions;
import dev.reprise.task.Receipt;
import dev.reprise.task.TaskSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Calls user code in place, and does with attempts what the test says. */
final class LabExecutor implements TaskExecutor {
  private final RunLab lab;
  private final TaskGraph graph;
  private final Map<Long, AttemptListener> hanging = new HashMap<>();
  private final Set<Long> cancelled = new HashSet<>();

  LabExecutor(RunLab lab, TaskGraph graph) {
    this.lab = lab;
    this.graph = graph;
    lab.open++;
    lab.opened++;
  }

  @Override
  public void start() throws ExecutorUnavailableException {
    if (lab.unreachable != null) {
      throw new ExecutorUnavailableException(lab.unreachable, null);
    }
  }

  @Override
  public String name() {
    return "lab";
  }

  @Override
  public int window() {
    return lab.window;
  }

  @Override
  public long nanosOfWork() {
    return lab.nanosOfWork.getAsLong();
  }

  @Override
  public void submit(WorkChunk chunk, AttemptListener listener)
      throws ExecutorUnavailableException {
    if (lab.unavailable != null) {
      throw new ExecutorUnavailableException(lab.unavailable, null);
    }
    lab.submitted.accept(chunk);
    TaskSpec task = graph.find(chunk.step()).orElseThrow().step();
    for (UnitWork work : chunk.units()) {
      String unit = RunLab.name(chunk.step(), work.label());
      int attempt = lab.countAttempt(unit);
      AttemptResult meddled = lab.meddle.apply(unit, attempt);
      if (meddled == RunLab.HANG) {
        listener.started(work.attempt());
        hanging.put(work.attempt(), listener);
        continue;
      }
      Runnable answer =
          () ->
              listener.finished(
                  work.attempt(), meddled != null ? meddled : call(task, unit, chunk.code(), work));
      lab.defer(
          () -> {
            if (lab.chaos != null
                && cancelled.contains(work.attempt())
                && lab.chaos.nextBoolean()) {
              listener.finished(work.attempt(), new AttemptResult.Cancelled(0, Bytes.EMPTY));
            } else {
              listener.started(work.attempt());
              lab.defer(answer);
            }
          });
    }
  }

  private AttemptResult call(TaskSpec task, String unit, TaskCode code, UnitWork work) {
    List<@Nullable Object> values = new ArrayList<>();
    for (Argument argument : work.arguments()) {
      AttemptResult bad = lab.store.unusable(argument);
      if (bad != null) {
        return bad;
      }
      values.add(lab.store.value(argument));
    }
    lab.executions.merge(unit, 1, Integer::sum);
    try {
      Object result = apply(task.function(), values);
      return new AttemptResult.Success(
          manifest(result, code.shape()),
          lab.unitTakes.toNanos(),
          Bytes.EMPTY,
          null,
          "here",
          Map.of(),
          lab.platform);
    } catch (Exception e) {
      return new AttemptResult.UserError(ErrorInfo.of(e), lab.unitTakes.toNanos(), Bytes.EMPTY);
    }
  }

  private Manifest manifest(@Nullable Object result, Shape shape) {
    if (shape == Shape.ONE) {
      return Manifest.one(partition(result));
    }
    return Manifest.many(((List<?>) result).stream().map(this::partition).toList());
  }

  private PartitionRef partition(@Nullable Object value) {
    byte[] bytes = RunLab.encode(value);
    Fingerprint content = Hasher.of("lab").putBytes(bytes).finish();
    Location location =
        lab.store.asBlobs ? lab.store.pending(bytes) : new Location.Inline(Bytes.wrap(bytes));
    return new PartitionRef(
        content, "lab/1", bytes.length, PartitionRef.NOT_A_TABLE, Bytes.EMPTY, location);
  }

  @Override
  public void cancel(long[] all) {
    for (long attempt : all) {
      cancelled.add(attempt);
      AttemptListener listener = hanging.remove(attempt);
      if (listener != null) {
        listener.finished(attempt, new AttemptResult.Cancelled(5, Bytes.EMPTY));
      }
    }
  }

  @Override
  public void close() {
    lab.open--;
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static @Nullable Object apply(Object function, List<@Nullable Object> values)
      throws Exception {
    if (function instanceof Functions.F0 f) {
      return f.apply();
    } else if (function instanceof Functions.F1 f) {
      return f.apply(values.get(0));
    } else if (function instanceof Functions.F2 f) {
      return f.apply(values.get(0), values.get(1));
    } else if (function instanceof Functions.F3 f) {
      return f.apply(values.get(0), values.get(1), values.get(2));
    } else if (function instanceof Functions.A1 f) {
      f.apply(values.get(0));
      return Receipt.DONE;
    }
    throw new AssertionError("no such function here: " + function);
  }
}
