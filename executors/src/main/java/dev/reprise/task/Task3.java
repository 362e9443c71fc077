package dev.reprise.task;

import org.jspecify.annotations.Nullable;

/** A task of three arguments. */
public final class Task3<
        A extends @Nullable Object,
        B extends @Nullable Object,
        C extends @Nullable Object,
        R extends @Nullable Object>
    extends Task<R, Task3<A, B, C, R>> {
  /** For plugins, which have factories of their own. */
  public Task3(TaskSpec spec) {
    super(spec);
  }

  @Override
  public Task3<A, B, C, R> with(TaskSpec spec) {
    return new Task3<>(spec);
  }
}
