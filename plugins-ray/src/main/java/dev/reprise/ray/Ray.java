package dev.reprise.ray;

import dev.reprise.task.Engine;
import dev.reprise.task.Functions.F0;
import dev.reprise.task.Functions.F1;
import dev.reprise.task.Functions.F2;
import dev.reprise.task.Functions.F3;
import dev.reprise.task.Functions.F4;
import dev.reprise.task.Functions.F5;
import dev.reprise.task.Task0;
import dev.reprise.task.Task1;
import dev.reprise.task.Task2;
import dev.reprise.task.Task3;
import dev.reprise.task.Task4;
import dev.reprise.task.Task5;
import dev.reprise.task.TaskSpec;
import org.jspecify.annotations.Nullable;

/**
 * Makes tasks that run on Ray, whatever the run's executor is: {@code ray(Models::fit)}. A function
 * is a plain one, that knows nothing of Ray; with {@code --executor ray=local} it runs on the
 * driver's machine, under the same keys.
 */
public final class Ray {
  private static final Engine ENGINE = new Engine(RayExecutorFactory.NAME);

  private Ray() {}

  /** Declares a task of no arguments that runs on Ray. */
  public static <R extends @Nullable Object> Task0<R> ray(F0<R> function) {
    return new Task0<>(TaskSpec.of(ENGINE, function, 0));
  }

  /** Declares a task of one argument that runs on Ray. */
  public static <A extends @Nullable Object, R extends @Nullable Object> Task1<A, R> ray(
      F1<A, R> function) {
    return new Task1<>(TaskSpec.of(ENGINE, function, 1));
  }

  /** Declares a task of two arguments that runs on Ray. */
  public static <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
      Task2<A, B, R> ray(F2<A, B, R> function) {
    return new Task2<>(TaskSpec.of(ENGINE, function, 2));
  }

  /** Declares a task of three arguments that runs on Ray. */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          R extends @Nullable Object>
      Task3<A, B, C, R> ray(F3<A, B, C, R> function) {
    return new Task3<>(TaskSpec.of(ENGINE, function, 3));
  }

  /** Declares a task of four arguments that runs on Ray. */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          R extends @Nullable Object>
      Task4<A, B, C, D, R> ray(F4<A, B, C, D, R> function) {
    return new Task4<>(TaskSpec.of(ENGINE, function, 4));
  }

  /** Declares a task of five arguments that runs on Ray. */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          R extends @Nullable Object>
      Task5<A, B, C, D, E, R> ray(F5<A, B, C, D, E, R> function) {
    return new Task5<>(TaskSpec.of(ENGINE, function, 5));
  }
}
