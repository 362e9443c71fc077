package dev.reprise.task;

import static dev.reprise.cache.base.Checks.checkArgument;

import java.util.HashSet;
import java.util.List;

/**
 * Whether calls of a task with equal arguments are one execution, in one run and in those that go
 * on from it. Other runs know nothing of it: that is what the cache is for.
 *
 * @param enabled whether they are
 * @param arguments those that count, by the names that keys have; empty for all
 */
public record Memo(boolean enabled, List<String> arguments) {
  /** Calls are one execution if all of their arguments are equal. */
  public static final Memo ON = new Memo(true, List.of());

  /** Each call is an execution of its own. */
  public static final Memo OFF = new Memo(false, List.of());

  public Memo {
    arguments = List.copyOf(arguments);
    checkArgument(
        new HashSet<>(arguments).size() == arguments.size(),
        "an argument of a memo is named twice: %s",
        arguments);
  }
}
