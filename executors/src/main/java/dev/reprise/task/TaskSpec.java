package dev.reprise.task;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.codec.RowOrder;
import java.io.Serializable;
import java.util.List;
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

  /** Takes what is declared of a task that says nothing of a memo. */
  public TaskSpec(
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
      RowOrder rowOrder) {
    this(
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
        null);
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
        RowOrder.ANY);
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
        RowOrder.ANY);
  }

  TaskSpec withName(String to) {
    return declared(to, cache, retry, timeout, resources, registered, rowOrder);
  }

  /** Returns a copy with another cache policy. */
  public TaskSpec withCache(CachePolicy to) {
    return declared(name, to, retry, timeout, resources, registered, rowOrder);
  }

  TaskSpec withRetry(RetryPolicy to) {
    return declared(name, cache, to, timeout, resources, registered, rowOrder);
  }

  TaskSpec withTimeout(Timeout to) {
    return declared(name, cache, retry, to, resources, registered, rowOrder);
  }

  TaskSpec withResources(Resources to) {
    return declared(name, cache, retry, timeout, to, registered, rowOrder);
  }

  TaskSpec withRegistered(List<Class<?>> to) {
    return declared(name, cache, retry, timeout, resources, to, rowOrder);
  }

  TaskSpec withRowOrder(RowOrder to) {
    return declared(name, cache, retry, timeout, resources, registered, to);
  }

  /** Returns a copy with another memo; null for what the pipeline says. */
  public TaskSpec withMemo(@Nullable Memo to) {
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
        to);
  }

  /** The same function with other declarations; their names are those of the components. */
  private TaskSpec declared(
      @Nullable String name,
      CachePolicy cache,
      RetryPolicy retry,
      Timeout timeout,
      Resources resources,
      List<Class<?>> registered,
      RowOrder rowOrder) {
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
