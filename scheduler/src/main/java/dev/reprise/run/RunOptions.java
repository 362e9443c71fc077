package dev.reprise.run;

import dev.reprise.task.Engine;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a pipeline is to be run.
 *
 * @param cache what to do with the cache
 * @param executor name of the run's executor, which runs every task that names none; or {@link
 *     #RAY_HERE}
 * @param executorOptions of the engines, by name
 * @param rerun steps to execute even if their results are there
 * @param rerunFrom likewise, with everything downstream of them
 * @param only the steps to execute; empty for all
 * @param keepGoing whether to execute what does not depend on a failed unit
 * @param maxParallel most units at one time; 0 for what the engine has
 * @param timeout after which the run is ended (exit 9); null for none
 * @param labels of the run, for people
 * @param command the command line, for the journal
 * @param policy what the run says of the cache policies of its steps
 * @param resume the run that this one goes on from; null for none
 * @param upTo the steps after which the run ends: they and what they need are executed; empty for
 *     all
 * @param memo whether equal calls are one execution where a task does not say, in place of what the
 *     pipeline says; false: nowhere. Null to leave it to them
 * @param idempotencyKey at one home all submissions with this key are one run; empty for none
 * @param audit what is executed a second time, to be compared
 * @param partitions of sources that alone are read, each as {@code NAME=VALUE}, where labels of the
 *     source's files have {@code NAME=VALUE} in them, or NAME is the source's and VALUE a label;
 *     empty for all. What takes another partition is not executed
 * @param spent of the timeout, before the run is submitted. In no journal: a run that goes on from
 *     this one has all of it
 */
public record RunOptions(
    CacheMode cache,
    String executor,
    Map<String, String> executorOptions,
    Set<String> rerun,
    Set<String> rerunFrom,
    Set<String> only,
    boolean keepGoing,
    int maxParallel,
    @Nullable Duration timeout,
    Map<String, String> labels,
    String command,
    RunPolicy policy,
    @Nullable Resume resume,
    Set<String> upTo,
    @Nullable Boolean memo,
    String idempotencyKey,
    Audit audit,
    Set<String> partitions,
    Duration spent) {
  /**
   * In place of an executor's name: what is meant for Ray, and what names no engine, runs in this
   * process, without Ray.
   */
  public static final String RAY_HERE = "ray=local";

  /** Cache on, everything on this machine. */
  public static final RunOptions DEFAULT =
      new RunOptions(
          CacheMode.ON,
          "local",
          Map.of(),
          Set.of(),
          Set.of(),
          Set.of(),
          false,
          0,
          null,
          Map.of(),
          "",
          RunPolicy.NONE,
          null,
          Set.of(),
          null,
          "",
          Audit.NONE,
          Set.of(),
          Duration.ZERO);

  public RunOptions {
    executorOptions = Map.copyOf(executorOptions);
    rerun = Collections.unmodifiableSet(new LinkedHashSet<>(rerun));
    rerunFrom = Collections.unmodifiableSet(new LinkedHashSet<>(rerunFrom));
    only = Collections.unmodifiableSet(new LinkedHashSet<>(only));
    labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    upTo = Collections.unmodifiableSet(new LinkedHashSet<>(upTo));
    partitions = Collections.unmodifiableSet(new LinkedHashSet<>(partitions));
  }

  /** Name of the executor that runs the tasks of an engine. */
  public String executorFor(Engine engine) {
    boolean here = executor.equals(RAY_HERE);
    if (engine.equals(Engine.ANY)) {
      return here ? Engine.LOCAL.name() : executor;
    }
    return here && engine.name().equals("ray") ? Engine.LOCAL.name() : engine.name();
  }

  /** Returns a copy with another cache mode. */
  public RunOptions withCache(CacheMode to) {
    return changed(draft -> draft.cache = to);
  }

  /** Returns a copy with another executor for tasks that name none, and its options. */
  public RunOptions withExecutor(String to, Map<String, String> itsOptions) {
    return changed(
        draft -> {
          draft.executor = to;
          draft.executorOptions = itsOptions;
        });
  }

  /** Returns a copy that executes these steps. */
  public RunOptions withRerun(Set<String> to) {
    return changed(draft -> draft.rerun = to);
  }

  /** Returns a copy that executes these steps and everything downstream. */
  public RunOptions withRerunFrom(Set<String> to) {
    return changed(draft -> draft.rerunFrom = to);
  }

  /** Returns a copy that executes these steps alone. */
  public RunOptions withOnly(Set<String> to) {
    return changed(draft -> draft.only = to);
  }

  /** Returns a copy that goes on after a failure, or does not. */
  public RunOptions withKeepGoing(boolean to) {
    return changed(draft -> draft.keepGoing = to);
  }

  /** Returns a copy with another bound on units at one time. */
  public RunOptions withMaxParallel(int to) {
    return changed(draft -> draft.maxParallel = to);
  }

  /** Returns a copy with another time after which the run is ended; null for none. */
  public RunOptions withTimeout(@Nullable Duration to) {
    return changed(draft -> draft.timeout = to);
  }

  /** Returns a copy of whose timeout so much is spent already when the run is submitted. */
  public RunOptions withSpent(Duration to) {
    return changed(draft -> draft.spent = to);
  }

  /** What is left of the timeout when the run is submitted, perhaps nothing; null for no end. */
  public @Nullable Duration timeLeft() {
    if (timeout == null) {
      return null;
    }
    return spent.compareTo(timeout) < 0 ? timeout.minus(spent) : Duration.ZERO;
  }

  /** Returns a copy with other labels. */
  public RunOptions withLabels(Map<String, String> to) {
    return changed(draft -> draft.labels = to);
  }

  /** Returns a copy with another command line. */
  public RunOptions withCommand(String to) {
    return changed(draft -> draft.command = to);
  }

  /** Returns a copy that says this of the cache policies of its steps. */
  public RunOptions withPolicy(RunPolicy to) {
    return changed(draft -> draft.policy = to);
  }

  /**
   * Returns a copy that goes on from another run: what succeeded there and has unchanged inputs is
   * taken from it, whatever the cache has.
   *
   * @param run its id, how one begins or ends, or {@code latest}
   * @param again steps that run although they succeeded there
   */
  public RunOptions withResume(String run, String... again) {
    return withResume(Resume.of(run, Set.of(again)));
  }

  /** Returns a copy that goes on from another run, or from none. */
  public RunOptions withResume(@Nullable Resume to) {
    return changed(draft -> draft.resume = to);
  }

  /** Returns a copy that ends after these steps. */
  public RunOptions withUpTo(Set<String> to) {
    return changed(draft -> draft.upTo = to);
  }

  /** Returns a copy that says whether equal calls are one execution, or leaves it to tasks. */
  public RunOptions withMemo(@Nullable Boolean to) {
    return changed(draft -> draft.memo = to);
  }

  /**
   * Returns a copy that is submitted once: another submission with this key at the same home, in
   * whatever process, is the same run, which goes on or has ended.
   *
   * @param to names what is done, such as the request that asks for it; empty for none
   */
  public RunOptions withIdempotencyKey(String to) {
    return changed(draft -> draft.idempotencyKey = to);
  }

  /**
   * Returns a copy that executes some units a second time when all have ended, and compares.
   *
   * @param to such as {@code Audit.of(0.05)}, a twentieth of what is reused
   */
  public RunOptions withAudit(Audit to) {
    return changed(draft -> draft.audit = to);
  }

  /**
   * Returns a copy that reads these partitions of sources alone, and executes nothing that takes
   * another: what is made of all partitions is left to a run of all of them, which finds what this
   * one made.
   *
   * @param to such as {@code month=2001-03}; of several names a partition must have all, of several
   *     values of one name any. Empty for all. Those that are not there are refused when the
   *     pipeline is planned or run, with a {@link PartitionChoice.UnknownPartitionException}
   */
  public RunOptions withPartitions(Set<String> to) {
    return changed(draft -> draft.partitions = to);
  }

  /** Returns a copy with one more label. */
  public RunOptions withLabel(String name, String value) {
    Map<String, String> all = new LinkedHashMap<>(labels);
    all.put(name, value);
    return withLabels(all);
  }

  /** Returns a copy with a change; each component is named in {@link Draft} and nowhere else. */
  private RunOptions changed(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.done();
  }

  /** The same components, to change. */
  private static final class Draft {
    CacheMode cache;
    String executor;
    Map<String, String> executorOptions;
    Set<String> rerun;
    Set<String> rerunFrom;
    Set<String> only;
    boolean keepGoing;
    int maxParallel;
    @Nullable Duration timeout;
    Map<String, String> labels;
    String command;
    RunPolicy policy;
    @Nullable Resume resume;
    Set<String> upTo;
    @Nullable Boolean memo;
    String idempotencyKey;
    Audit audit;
    Set<String> partitions;
    Duration spent;

    Draft(RunOptions of) {
      cache = of.cache;
      executor = of.executor;
      executorOptions = of.executorOptions;
      rerun = of.rerun;
      rerunFrom = of.rerunFrom;
      only = of.only;
      keepGoing = of.keepGoing;
      maxParallel = of.maxParallel;
      timeout = of.timeout;
      labels = of.labels;
      command = of.command;
      policy = of.policy;
      resume = of.resume;
      upTo = of.upTo;
      memo = of.memo;
      idempotencyKey = of.idempotencyKey;
      audit = of.audit;
      partitions = of.partitions;
      spent = of.spent;
    }

    RunOptions done() {
      return new RunOptions(
          cache,
          executor,
          executorOptions,
          rerun,
          rerunFrom,
          only,
          keepGoing,
          maxParallel,
          timeout,
          labels,
          command,
          policy,
          resume,
          upTo,
          memo,
          idempotencyKey,
          audit,
          partitions,
          spent);
    }
  }
}
