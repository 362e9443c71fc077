package dev.reprise.task;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.codec.RowOrder;
import java.io.Serializable;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All that a user declares about a task; immutable.
 *
 * @param engine what runs it
 * @param function one of {@link Functions}
 * @param arity number of arguments that a step passes; what the function takes in front of them is
 *     its engine's to pass
 * @param effect whether it is a side effect: not cacheable unless it opts in, result a receipt
 * @param name in the key and for people; null for the name of the method
 * @param cache the cache policy
 * @param retry the retry policy
 * @param timeout the deadlines
 * @param resources what one unit needs
 * @param registered classes that results and captured values may hold beside those that the
 *     function's signature names
 * @param rowOrder whether tables that it returns are the same with their rows in another order
 * @param memo whether equal calls in a run are one execution; null for what the pipeline says
 */
public record TaskSpec(
    Engine engine,
    Serializable function,
    int arity,
    boolean effect,
    @Nullable String name,
    CachePolicy cache,
    RetryPolicy retry,
    Timeout timeout,
    Resources resources,
    List<Class<?>> registered,
    RowOrder rowOrder,
    @Nullable Memo memo) {
  public TaskSpec {
    checkArgument(arity >= 0, "a task cannot have %s arguments", arity);
    registered = List.copyOf(registered);
  }

  /** Returns what a function is by default: cacheable, never retried, without deadlines. */
  public static TaskSpec of(Engine engine, Serializable function, int arity) {
    return new TaskSpec(
        engine,
        function,
        arity,
        false,
        null,
        CachePolicy.DEFAULT,
        RetryPolicy.NONE,
        Timeout.NONE,
        Resources.ONE_CPU,
        List.of(),
        RowOrder.ANY,
        null);
  }

  /** Returns what a side effect is by default: not cacheable. */
  public static TaskSpec ofEffect(Engine engine, Serializable effect, int arity) {
    return new TaskSpec(
        engine,
        effect,
        arity,
        true,
        null,
        CachePolicy.OFF,
        RetryPolicy.NONE,
        Timeout.NONE,
        Resources.ONE_CPU,
        List.of(),
        RowOrder.ANY,
        null);
  }

  TaskSpec withName(String to) {
    return changed(draft -> draft.name = to);
  }

  /** Returns a copy with another cache policy. */
  public TaskSpec withCache(CachePolicy to) {
    return changed(draft -> draft.cache = to);
  }

  TaskSpec withRetry(RetryPolicy to) {
    return changed(draft -> draft.retry = to);
  }

  TaskSpec withTimeout(Timeout to) {
    return changed(draft -> draft.timeout = to);
  }

  TaskSpec withResources(Resources to) {
    return changed(draft -> draft.resources = to);
  }

  TaskSpec withRegistered(List<Class<?>> to) {
    return changed(draft -> draft.registered = to);
  }

  TaskSpec withRowOrder(RowOrder to) {
    return changed(draft -> draft.rowOrder = to);
  }

  /** Returns a copy with another memo; null for what the pipeline says. */
  public TaskSpec withMemo(@Nullable Memo to) {
    return changed(draft -> draft.memo = to);
  }

  /** Returns a copy with a change; each component is named in {@link Draft} and nowhere else. */
  private TaskSpec changed(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.done();
  }

  /** The same components, to change. */
  private static final class Draft {
    Engine engine;
    Serializable function;
    int arity;
    boolean effect;
    @Nullable String name;
    CachePolicy cache;
    RetryPolicy retry;
    Timeout timeout;
    Resources resources;
    List<Class<?>> registered;
    RowOrder rowOrder;
    @Nullable Memo memo;

    Draft(TaskSpec of) {
      engine = of.engine;
      function = of.function;
      arity = of.arity;
      effect = of.effect;
      name = of.name;
      cache = of.cache;
      retry = of.retry;
      timeout = of.timeout;
      resources = of.resources;
      registered = of.registered;
      rowOrder = of.rowOrder;
      memo = of.memo;
    }

    TaskSpec done() {
      return new TaskSpec(
          engine,
          function,
          arity,
          effect,
          name,
          cache,
          retry,
          timeout,
          resources,
          registered,
          rowOrder,
          memo);
    }
  }
}
