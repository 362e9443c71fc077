package dev.reprise.spark;

import dev.reprise.spark.SessionFunctions.S0;
import dev.reprise.spark.SessionFunctions.S1;
import dev.reprise.spark.SessionFunctions.S2;
import dev.reprise.spark.SessionFunctions.S3;
import dev.reprise.spark.SessionFunctions.S4;
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
 * Makes tasks that run on Spark, whatever the run's executor is: {@code spark(Delays::clean)}.
 *
 * <p>A function that takes a {@code SparkSession}, or takes or returns a {@code Dataset}, is called
 * in the driver, and what it says is computed on Spark's executors when its result is written. It
 * gets tables as {@code Dataset<Row>}, whoever made them. A session in front of its arguments is
 * passed to it and is no argument of the step; it is the unit's own, with the settings that are in
 * the key. Any other function runs on an executor, a task for each unit.
 *
 * <p>What a step asks for with {@code cpus} and {@code resources} is kept for both: tasks of any
 * other function claim it, and of units on datasets as many run at one time as all executors
 * together have processors for. What Spark can never give is refused before the step runs.
 *
 * <p>The class of a method reference tells which of the methods here is meant; a lambda has to
 * write the types of its parameters.
 *
 * <pre>{@code
 * static Dataset<Row> clean(SparkSession spark, Path month) { ... }
 * static String report(ArrowTable delays) { ... }
 *
 * var clean  = p.perPartition("clean", spark(Delays::clean), months);
 * var all    = p.step("all", spark(Delays::all), clean.all());
 * var report = p.step("report", task(Delays::report), all.as(ArrowTable.class));
 * }</pre>
 */
@SuppressWarnings("overloads") // of references to methods, which tell the two apart
public final class Spark {
  private static final Engine ENGINE = new Engine(SparkExecutorFactory.NAME);

  private Spark() {}

  /** Declares a task of no arguments that runs on Spark. */
  public static <R extends @Nullable Object> Task0<R> spark(F0<R> function) {
    return new Task0<>(TaskSpec.of(ENGINE, function, 0));
  }

  /** Declares a task of one argument that runs on Spark. */
  public static <A extends @Nullable Object, R extends @Nullable Object> Task1<A, R> spark(
      F1<A, R> function) {
    return new Task1<>(TaskSpec.of(ENGINE, function, 1));
  }

  /** Declares a task of two arguments that runs on Spark. */
  public static <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
      Task2<A, B, R> spark(F2<A, B, R> function) {
    return new Task2<>(TaskSpec.of(ENGINE, function, 2));
  }

  /** Declares a task of three arguments that runs on Spark. */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          R extends @Nullable Object>
      Task3<A, B, C, R> spark(F3<A, B, C, R> function) {
    return new Task3<>(TaskSpec.of(ENGINE, function, 3));
  }

  /** Declares a task of four arguments that runs on Spark. */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          R extends @Nullable Object>
      Task4<A, B, C, D, R> spark(F4<A, B, C, D, R> function) {
    return new Task4<>(TaskSpec.of(ENGINE, function, 4));
  }

  /** Declares a task of five arguments that runs on Spark. */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          R extends @Nullable Object>
      Task5<A, B, C, D, E, R> spark(F5<A, B, C, D, E, R> function) {
    return new Task5<>(TaskSpec.of(ENGINE, function, 5));
  }

  /** Declares a task of a session and no arguments that runs on Spark. */
  public static <R extends @Nullable Object> Task0<R> spark(S0<R> function) {
    return new Task0<>(TaskSpec.of(ENGINE, function, 0));
  }

  /** Declares a task of a session and one argument that runs on Spark. */
  public static <A extends @Nullable Object, R extends @Nullable Object> Task1<A, R> spark(
      S1<A, R> function) {
    return new Task1<>(TaskSpec.of(ENGINE, function, 1));
  }

  /** Declares a task of a session and two arguments that runs on Spark. */
  public static <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
      Task2<A, B, R> spark(S2<A, B, R> function) {
    return new Task2<>(TaskSpec.of(ENGINE, function, 2));
  }

  /** Declares a task of a session and three arguments that runs on Spark. */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          R extends @Nullable Object>
      Task3<A, B, C, R> spark(S3<A, B, C, R> function) {
    return new Task3<>(TaskSpec.of(ENGINE, function, 3));
  }

  /** Declares a task of a session and four arguments that runs on Spark. */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          R extends @Nullable Object>
      Task4<A, B, C, D, R> spark(S4<A, B, C, D, R> function) {
    return new Task4<>(TaskSpec.of(ENGINE, function, 4));
  }
}
