package dev.reprise.task;

import org.jspecify.annotations.Nullable;

/** A task of four arguments. */
public final class Task4<
        A extends @Nullable Object,
        B extends @Nullable Object,
        C extends @Nullable Object,
        D extends @Nullable Object,
        R extends @Nullable Object>
    extends Task<R, Task4<A, B, C, D, R>> {
  /** For plugins, which have factories of their own. */
  public Task4(TaskSpec spec) {
    super(spec);
  }

  @Override
  public Task4<A, B, C, D, R> with(TaskSpec spec) {
    return new Task4<>(spec);
  }
}
