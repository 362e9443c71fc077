package dev.reprise.task;

import org.jspecify.annotations.Nullable;

/** A task of one argument. */
public final class Task1<A extends @Nullable Object, R extends @Nullable Object>
    extends Task<R, Task1<A, R>> {
  /** For plugins, which have factories of their own. */
  public Task1(TaskSpec spec) {
    super(spec);
  }

  @Override
  public Task1<A, R> with(TaskSpec spec) {
    return new Task1<>(spec);
  }
}
