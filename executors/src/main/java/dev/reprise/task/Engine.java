package dev.reprise.task;

import static dev.reprise.cache.base.Checks.checkArgument;

/**
 * The name of what runs a task.
 *
 * @param name an executor's name, such as {@code local}, or {@code any} for the run's own
 */
public record Engine(String name) {
  /** Whatever executor the run has. */
  public static final Engine ANY = new Engine("any");

  /** The driver's machine. */
  public static final Engine LOCAL = new Engine("local");

  public Engine {
    checkArgument(name.matches("[a-z][a-z0-9-]*"), "bad name of an engine: '%s'", name);
  }

  /* As a record's own, which the JVM makes at the first call: a new process has no time for that. */

  @Override
  public boolean equals(Object other) {
    return other instanceof Engine engine && name.equals(engine.name);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }
}
