package dev.reprise.worker;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.codec.ArrowTable;
import dev.reprise.cache.codec.Codecs;
import dev.reprise.cache.codec.NoCodecException;
import dev.reprise.cache.codec.UndecodableException;
import dev.reprise.cache.codec.UnregisteredTypeException;
import dev.reprise.cache.store.DamagedBlobException;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Cancelled;
import dev.reprise.executor.AttemptResult.InputDamaged;
import dev.reprise.executor.AttemptResult.InputUnreadable;
import dev.reprise.executor.AttemptResult.Lost;
import dev.reprise.executor.AttemptResult.Success;
import dev.reprise.executor.AttemptResult.UserError;
import dev.reprise.executor.Platform;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.task.Receipt;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs units of a task whose code was found. */
final class TaskRunner implements UnitRunner {
  private static final Logger LOG = LoggerFactory.getLogger(TaskRunner.class);

  private static final String NOT_CALLED = "the task was not called";

  /** Packages whose errors say nothing of the user's code. */
  private static final List<String> NOT_OF_USERS =
      List.of(
          "dev.reprise.cache.",
          "dev.reprise.executor.",
          "dev.reprise.worker.",
          "dev.reprise.spark.",
          "dev.reprise.ray.",
          "org.apache.spark.",
          "io.ray.");

  private final Worker worker;
  private final TaskCode code;
  private final Invocation invocation;
  private final Codecs codecs;
  private final ResultWriter results;
  private final SharedValues shared;

  TaskRunner(Worker worker, WorkChunk chunk, Invocation invocation, Codecs codecs) {
    this.worker = worker;
    this.code = chunk.code();
    this.shared = SharedValues.of(chunk);
    this.invocation = invocation;
    this.codecs = codecs;
    results =
        new ResultWriter(
            codecs.withRowOrder(code.rowOrder()),
            worker.store(),
            worker.memory(),
            chunk.run(),
            code);
  }

  /** Where a unit is; what a throwable means depends on it. */
  private enum Phase {
    DECODE,
    CALL,
    ENCODE
  }

  @Override
  public AttemptResult run(UnitWork work, RunningUnit unit) {
    Thread thread = Thread.currentThread();
    ClassLoader loaderBefore = thread.getContextClassLoader();
    thread.setContextClassLoader(worker.userCode());
    unit.begin();
    Phase phase = Phase.DECODE;
    long nanos = 0;
    Object value = null;
    TableForm.Use tables = null;
    Making making = new Making(worker);
    Inputs inputs = new Inputs(codecs, worker.store(), making, invocation, null, shared);
    try {
      if (worker.tables() != null) {
        tables = worker.tables().begin(unit);
        inputs = new Inputs(codecs, worker.store(), making, invocation, tables, shared);
      }
      @Nullable Object[] arguments = inputs.decode(code.captured(), work.arguments());
      checkCount(arguments.length);
      phase = Phase.CALL;
      List<@Nullable Manifest> computed = List.of();
      long begun = worker.ticker().nanos();
      try {
        value = invocation.call(arguments);
        if (tables != null && !code.effect() && !unit.cancelled()) {
          // User code has only said what to compute.
          computed = results.compute(value, worker.fileName(work.attempt()), tables);
        }
      } finally {
        nanos = worker.ticker().nanos() - begun + making.nanos();
      }
      phase = Phase.ENCODE;
      return encode(work, unit, value, computed, inputs, nanos);
    } catch (Throwable e) {
      Throwable meant = tables == null ? e : tables.meaning(e);
      long taken = phase == Phase.DECODE ? making.nanos() : nanos;
      return failure(meant, phase, inputs, value, taken, unit);
    } finally {
      close(value);
      inputs.close();
      making.close();
      shared.unitEnded();
      if (tables != null) {
        Closing.close(tables);
      }
      unit.end();
      thread.setContextClassLoader(loaderBefore);
    }
  }

  private AttemptResult encode(
      UnitWork work,
      RunningUnit unit,
      @Nullable Object value,
      List<@Nullable Manifest> computed,
      Inputs inputs,
      long nanos)
      throws IOException, WorkerException {
    // User code may have left its thread interrupted, which would close the store's files.
    Thread.interrupted();
    if (unit.cancelled()) {
      results.discard(computed);
      return new Cancelled(nanos, unit.sealOutput());
    }
    Object result = code.effect() ? Receipt.DONE : value;
    Map<String, String> dataVersions = unit.dataVersions();
    checkOutputs(dataVersions.keySet(), result);
    ResultWriter.Written written = results.write(result, computed, worker.fileName(work.attempt()));
    String changed = FileCheck.changed(inputs.files());
    AttemptResult answer =
        new Success(
            written.manifest(),
            nanos,
            unit.sealOutput(),
            changed == null ? written.notKept() : changed,
            worker.host(),
            dataVersions,
            Platform.here());
    if (unit.cancelled()) {
      discard(answer);
      return new Cancelled(nanos, answer.output());
    }
    return answer;
  }

  /** Refuses a data version of a result that there is not. */
  private void checkOutputs(Set<String> said, @Nullable Object result) throws WorkerException {
    for (String output : said) {
      boolean found =
          output.isEmpty()
              || (code.shape() == Shape.MANY
                  && result instanceof Record
                  && Arrays.stream(result.getClass().getRecordComponents())
                      .anyMatch(each -> each.getName().equals(output)));
      if (!found) {
        throw new WorkerException(
            "it says a data version of result '%s', which it does not have; leave the name out, or return a record that has it"
                .formatted(output),
            null);
      }
    }
  }

  private void checkCount(int found) throws WorkerException {
    if (found != invocation.parameterCount()) {
      throw new WorkerException(
          "%s takes %s arguments, the step passes %s"
              .formatted(code.method(), invocation.parameterCount(), found),
          null);
    }
  }

  private AttemptResult failure(
      Throwable thrown,
      Phase phase,
      Inputs inputs,
      @Nullable Object value,
      long nanos,
      RunningUnit unit) {
    Bytes output = unit.sealOutput();
    if (unit.cancelled()) {
      return new Cancelled(nanos, output);
    }
    // Large blobs are checked piece by piece as they are read, so damage may show at any time.
    DamagedBlobException damage = Errors.damage(thrown);
    if (damage != null) {
      String why = damage.getMessage() + " (on " + worker.host() + ")";
      return new InputDamaged(damage.blob(), damage.damage(), why, nanos, output);
    }
    if (thrown instanceof EngineFailedException) {
      return new Lost(thrown.getMessage() + " (on " + worker.host() + ")", nanos, output);
    }
    Throwable told = thrown;
    if (phase == Phase.DECODE && !(thrown instanceof WorkerException)) {
      String what = "%s cannot be decoded: %s".formatted(inputs.where(), message(thrown));
      String where = what + " (on " + worker.host() + ")";
      PartitionRef reading = inputs.reading();
      if (thrown instanceof UnregisteredTypeException unknown && worker.has(unknown.typeName())) {
        // Made again it would be no other: the task that takes it does not say that it knows it.
        String name = unknown.typeName().replace('$', '.');
        String add = "%s; add register(%s.class) to the task that takes it".formatted(what, name);
        WorkerException error = new WorkerException(add, thrown);
        return new UserError(worker.errors().describe(error), nanos, output, NOT_CALLED);
      }
      if (thrown instanceof UndecodableException && reading != null && inputs.argument() >= 0) {
        return new InputUnreadable(inputs.argument(), reading.content(), where, nanos, output);
      }
      // A value that the code captured is no other if it is tried again.
      if (thrown instanceof IOException && !isOfTheValue(thrown)) {
        return new Lost(where, nanos, output);
      }
      told = new WorkerException(what, thrown);
    } else if (phase == Phase.ENCODE && !(thrown instanceof WorkerException)) {
      String type = value == null ? "null" : "a " + value.getClass().getName();
      String what = "the result, %s, cannot be encoded: %s".formatted(type, message(thrown));
      if (thrown instanceof MemoryBudget.ExhaustedException full) {
        what = "the result, %s, cannot be kept: %s".formatted(type, full.getMessage());
        if (full.mayPass()) {
          return new Lost(what + " (on " + worker.host() + ")", nanos, output);
        }
      }
      told = new WorkerException(what, thrown);
    }
    String notKept =
        switch (phase) {
          case DECODE -> NOT_CALLED;
          case CALL ->
              isOfUserCode(told) ? FileCheck.changed(inputs.files()) : "it is not the task's";
          case ENCODE -> "the task did not throw it";
        };
    return new UserError(worker.errors().describe(told), nanos, output, notKept);
  }

  /** Whether neither an engine nor Reprise threw it: they fail for reasons of their own. */
  private static boolean isOfUserCode(Throwable thrown) {
    String name = thrown.getClass().getName();
    return NOT_OF_USERS.stream().noneMatch(name::startsWith);
  }

  /** Whether it will be so each time, as against trouble with reading that may pass. */
  private static boolean isOfTheValue(Throwable thrown) {
    return thrown instanceof NoCodecException || thrown instanceof UndecodableException;
  }

  private static String message(Throwable thrown) {
    return isOfTheValue(thrown) ? String.valueOf(thrown.getMessage()) : thrown.toString();
  }

  /** Frees tables that user code returned; its other values are none of ours. */
  private void close(@Nullable Object value) {
    if (value instanceof ArrowTable table) {
      Closing.close(table);
      return;
    }
    boolean partitions = value instanceof Record && code.shape() == Shape.MANY;
    if (!partitions && !(value instanceof List<?>)) {
      return;
    }
    try {
      for (Object element : Elements.of(value)) {
        if (element instanceof ArrowTable table) {
          Closing.close(table);
        }
      }
    } catch (Throwable e) { // of user code, which a lazy list runs: told already, or of no account
      LOG.debug("the partitions of the result cannot be closed", e);
    }
  }

  @Override
  public void discard(AttemptResult result) {
    if (result instanceof Success success) {
      ResultWriter.discard(success.manifest().partitions(), worker.store());
    }
  }
}
