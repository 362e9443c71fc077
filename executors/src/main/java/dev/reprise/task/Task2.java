package dev.reprise.task;

import org.jspecify.annotations.Nullable;

/** A task of two arguments. */
public final class Task2<
        A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
    extends Task<R, Task2<A, B, R>> {
  /** For plugins, which have factories of their own. */
  public Task2(TaskSpec spec) {
    super(spec);
  }

  @Override
  public Task2<A, B, R> with(TaskSpec spec) {
    return new Task2<>(spec);
  }
}
