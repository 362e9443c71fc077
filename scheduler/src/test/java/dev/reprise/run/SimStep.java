package dev.reprise.run;

import dev.reprise.cache.codec.RowOrder;
import dev.reprise.task.CachePolicy;
import dev.reprise.task.Engine;
import dev.reprise.task.Functions.F0;
import dev.reprise.task.Resources;
import dev.reprise.task.RetryPolicy;
import dev.reprise.task.TaskSpec;
import dev.reprise.task.Timeout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One step of a simulated pipeline.
 *
 * @param task name of its task; steps may share one
 * @param after a step that must succeed first; null for none
 * @param effect whether it returns nothing
 * @param cached whether results are kept
 * @param local whether it runs on the driver's machine
 * @param attempts how many attempts may fail in user code
 * @param timeToLive of its results; null for ever
 * @param deadline of an attempt; null for none
 * @param policy what its task says besides
 */
record SimStep(
    String name,
    Kind kind,
    String task,
    List<Input> inputs,
    @Nullable String after,
    boolean effect,
    boolean cached,
    boolean local,
    int attempts,
    @Nullable Duration timeToLive,
    @Nullable Duration deadline,
    SimPolicy policy) {
  /** How many partitions one unit of a combine takes. */
  static final int FAN_IN = 2;

  /** Which partition a unit gathers: two take the same, and half of them nobody takes. */
  static int gathered(int unit) {
    return unit / 2;
  }

  /** What its units are. */
  enum Kind {
    SINGLE,
    EACH,
    FAN_OUT,
    COMBINE
  }

  /** Where an argument comes from. */
  sealed interface Input {
    /** A parameter of the pipeline. */
    record Param(String name) implements Input {}

    /** Another step, or a source. */
    record From(String name, How how) implements Input {}
  }

  /** What is taken of another step. */
  enum How {
    WHOLE,
    EACH,
    GATHER,
    ALL,
    LABELLED,
    TREE
  }

  SimStep {
    inputs = List.copyOf(inputs);
  }

  /** Whether others can take partitions of it. */
  boolean isPartitioned() {
    return kind == Kind.EACH || kind == Kind.FAN_OUT;
  }

  /** The same step by another name. */
  SimStep named(String to) {
    return new SimStep(
        to,
        kind,
        task,
        inputs,
        after,
        effect,
        cached,
        local,
        attempts,
        timeToLive,
        deadline,
        policy);
  }

  /** The same step by another name, as are those that it follows. */
  SimStep renamed(Map<String, String> names) {
    List<Input> to = new ArrayList<>();
    for (Input input : inputs) {
      to.add(
          input instanceof Input.From from
              ? new Input.From(names.getOrDefault(from.name(), from.name()), from.how())
              : input);
    }
    return new SimStep(
        names.getOrDefault(name, name),
        kind,
        task,
        to,
        after == null ? null : names.getOrDefault(after, after),
        effect,
        cached,
        local,
        attempts,
        timeToLive,
        deadline,
        policy);
  }

  /** Names of the steps and sources that it takes something of, or waits for. */
  Set<String> follows() {
    Set<String> names = new TreeSet<>();
    for (Input input : inputs) {
      if (input instanceof Input.From from) {
        names.add(from.name());
      }
    }
    if (after != null) {
      names.add(after);
    }
    return names;
  }

  /** The same step whose task says something else. */
  SimStep with(SimPolicy to) {
    return new SimStep(
        name, kind, task, inputs, after, effect, cached, local, attempts, timeToLive, deadline, to);
  }

  /** Whether equal calls are one execution, in a run with these options. */
  boolean isOnce(RunOptions options) {
    Boolean asked = options.memo();
    if (Boolean.FALSE.equals(asked)) {
      return false;
    }
    return policy.memo() == null ? Boolean.TRUE.equals(asked) : policy.memo();
  }

  /**
   * What its user declares.
   *
   * @param version its task's
   * @param seams what its task says of equal calls passes them
   */
  TaskSpec spec(int version, SimSeams seams) {
    F0<?> function = () -> null; // what it does, the lab's resolver knows
    CachePolicy cache = policy.in(CachePolicy.DEFAULT.withEnabled(cached), version);
    return new TaskSpec(
        local ? Engine.LOCAL : Engine.ANY,
        function,
        inputs.size(),
        effect,
        task,
        timeToLive == null ? cache : cache.withTimeToLive(timeToLive),
        RetryPolicy.attempts(attempts).withBackoff(Duration.ofMillis(5), Duration.ofMillis(20)),
        new Timeout(null, deadline),
        Resources.ONE_CPU,
        List.of(),
        RowOrder.ANY,
        seams.memo(policy.memoOfTask()));
  }
}
