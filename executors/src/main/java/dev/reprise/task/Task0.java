package dev.reprise.task;

import org.jspecify.annotations.Nullable;

/** A task of no arguments. */
public final class Task0<R extends @Nullable Object> extends Task<R, Task0<R>> {
  /** For plugins, which have factories of their own. */
  public Task0(TaskSpec spec) {
    super(spec);
  }

  @Override
  public Task0<R> with(TaskSpec spec) {
    return new Task0<>(spec);
  }
}
