package dev.reprise.task;

import dev.reprise.task.Functions.A0;
import dev.reprise.task.Functions.A1;
import dev.reprise.task.Functions.A2;
import dev.reprise.task.Functions.A3;
import dev.reprise.task.Functions.A4;
import dev.reprise.task.Functions.A5;
import dev.reprise.task.Functions.F0;
import dev.reprise.task.Functions.F1;
import dev.reprise.task.Functions.F2;
import dev.reprise.task.Functions.F3;
import dev.reprise.task.Functions.F4;
import dev.reprise.task.Functions.F5;
import org.jspecify.annotations.Nullable;

/**
 * Makes tasks from plain static methods: {@code task(Delays::clean)}. A plugin for an engine offers
 * the same with its own name.
 */
public final class Tasks {
  private Tasks() {}

  /** Declares a task of no arguments that runs on the run's executor. */
  public static <R extends @Nullable Object> Task0<R> task(F0<R> function) {
    return new Task0<>(TaskSpec.of(Engine.ANY, function, 0));
  }

  /** Declares a task of one argument that runs on the run's executor. */
  public static <A extends @Nullable Object, R extends @Nullable Object> Task1<A, R> task(
      F1<A, R> function) {
    return new Task1<>(TaskSpec.of(Engine.ANY, function, 1));
  }

  /** Declares a task of two arguments that runs on the run's executor. */
  public static <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
      Task2<A, B, R> task(F2<A, B, R> function) {
    return new Task2<>(TaskSpec.of(Engine.ANY, function, 2));
  }

  /** Declares a task of three arguments that runs on the run's executor. */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          R extends @Nullable Object>
      Task3<A, B, C, R> task(F3<A, B, C, R> function) {
    return new Task3<>(TaskSpec.of(Engine.ANY, function, 3));
  }

  /** Declares a task of four arguments that runs on the run's executor. */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          R extends @Nullable Object>
      Task4<A, B, C, D, R> task(F4<A, B, C, D, R> function) {
    return new Task4<>(TaskSpec.of(Engine.ANY, function, 4));
  }

  /** Declares a task of five arguments that runs on the run's executor. */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          R extends @Nullable Object>
      Task5<A, B, C, D, E, R> task(F5<A, B, C, D, E, R> function) {
    return new Task5<>(TaskSpec.of(Engine.ANY, function, 5));
  }

  /** Declares a task of no arguments that always runs on the driver's machine. */
  public static <R extends @Nullable Object> Task0<R> local(F0<R> function) {
    return new Task0<>(TaskSpec.of(Engine.LOCAL, function, 0));
  }

  /** Declares a task of one argument that always runs on the driver's machine. */
  public static <A extends @Nullable Object, R extends @Nullable Object> Task1<A, R> local(
      F1<A, R> function) {
    return new Task1<>(TaskSpec.of(Engine.LOCAL, function, 1));
  }

  /** Declares a task of two arguments that always runs on the driver's machine. */
  public static <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
      Task2<A, B, R> local(F2<A, B, R> function) {
    return new Task2<>(TaskSpec.of(Engine.LOCAL, function, 2));
  }

  /** Declares a task of three arguments that always runs on the driver's machine. */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          R extends @Nullable Object>
      Task3<A, B, C, R> local(F3<A, B, C, R> function) {
    return new Task3<>(TaskSpec.of(Engine.LOCAL, function, 3));
  }

  /** Declares a task of four arguments that always runs on the driver's machine. */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          R extends @Nullable Object>
      Task4<A, B, C, D, R> local(F4<A, B, C, D, R> function) {
    return new Task4<>(TaskSpec.of(Engine.LOCAL, function, 4));
  }

  /** Declares a task of five arguments that always runs on the driver's machine. */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          R extends @Nullable Object>
      Task5<A, B, C, D, E, R> local(F5<A, B, C, D, E, R> function) {
    return new Task5<>(TaskSpec.of(Engine.LOCAL, function, 5));
  }

  /**
   * Declares a side effect of no arguments that runs on the run's executor; its result is a
   * receipt.
   */
  public static Task0<Receipt> action(A0 effect) {
    return new Task0<>(TaskSpec.ofEffect(Engine.ANY, effect, 0));
  }

  /**
   * Declares a side effect of one argument that runs on the run's executor; its result is a
   * receipt.
   */
  public static <A extends @Nullable Object> Task1<A, Receipt> action(A1<A> effect) {
    return new Task1<>(TaskSpec.ofEffect(Engine.ANY, effect, 1));
  }

  /**
   * Declares a side effect of two arguments that runs on the run's executor; its result is a
   * receipt.
   */
  public static <A extends @Nullable Object, B extends @Nullable Object>
      Task2<A, B, Receipt> action(A2<A, B> effect) {
    return new Task2<>(TaskSpec.ofEffect(Engine.ANY, effect, 2));
  }

  /**
   * Declares a side effect of three arguments that runs on the run's executor; its result is a
   * receipt.
   */
  public static <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object>
      Task3<A, B, C, Receipt> action(A3<A, B, C> effect) {
    return new Task3<>(TaskSpec.ofEffect(Engine.ANY, effect, 3));
  }

  /**
   * Declares a side effect of four arguments that runs on the run's executor; its result is a
   * receipt.
   */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object>
      Task4<A, B, C, D, Receipt> action(A4<A, B, C, D> effect) {
    return new Task4<>(TaskSpec.ofEffect(Engine.ANY, effect, 4));
  }

  /**
   * Declares a side effect of five arguments that runs on the run's executor; its result is a
   * receipt.
   */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object>
      Task5<A, B, C, D, E, Receipt> action(A5<A, B, C, D, E> effect) {
    return new Task5<>(TaskSpec.ofEffect(Engine.ANY, effect, 5));
  }

  /**
   * Declares a side effect of no arguments that always runs on the driver's machine; its result is
   * a receipt.
   */
  public static Task0<Receipt> localAction(A0 effect) {
    return new Task0<>(TaskSpec.ofEffect(Engine.LOCAL, effect, 0));
  }

  /**
   * Declares a side effect of one argument that always runs on the driver's machine; its result is
   * a receipt.
   */
  public static <A extends @Nullable Object> Task1<A, Receipt> localAction(A1<A> effect) {
    return new Task1<>(TaskSpec.ofEffect(Engine.LOCAL, effect, 1));
  }

  /**
   * Declares a side effect of two arguments that always runs on the driver's machine; its result is
   * a receipt.
   */
  public static <A extends @Nullable Object, B extends @Nullable Object>
      Task2<A, B, Receipt> localAction(A2<A, B> effect) {
    return new Task2<>(TaskSpec.ofEffect(Engine.LOCAL, effect, 2));
  }

  /**
   * Declares a side effect of three arguments that always runs on the driver's machine; its result
   * is a receipt.
   */
  public static <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object>
      Task3<A, B, C, Receipt> localAction(A3<A, B, C> effect) {
    return new Task3<>(TaskSpec.ofEffect(Engine.LOCAL, effect, 3));
  }

  /**
   * Declares a side effect of four arguments that always runs on the driver's machine; its result
   * is a receipt.
   */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object>
      Task4<A, B, C, D, Receipt> localAction(A4<A, B, C, D> effect) {
    return new Task4<>(TaskSpec.ofEffect(Engine.LOCAL, effect, 4));
  }

  /**
   * Declares a side effect of five arguments that always runs on the driver's machine; its result
   * is a receipt.
   */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object>
      Task5<A, B, C, D, E, Receipt> localAction(A5<A, B, C, D, E> effect) {
    return new Task5<>(TaskSpec.ofEffect(Engine.LOCAL, effect, 5));
  }
}
