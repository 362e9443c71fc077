package dev.reprise.task;

import org.jspecify.annotations.Nullable;

/** A task of five arguments. */
public final class Task5<
        A extends @Nullable Object,
        B extends @Nullable Object,
        C extends @Nullable Object,
        D extends @Nullable Object,
        E extends @Nullable Object,
        R extends @Nullable Object>
    extends Task<R, Task5<A, B, C, D, E, R>> {
  /** For plugins, which have factories of their own. */
  public Task5(TaskSpec spec) {
    super(spec);
  }

  @Override
  public Task5<A, B, C, D, E, R> with(TaskSpec spec) {
    return new Task5<>(spec);
  }
}
