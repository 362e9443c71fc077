package dev.reprise.task;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * The functions that tasks are made from. They are {@code Serializable}, so that the method behind
 * a reference or lambda and what it captures are known; they may throw anything.
 */
public final class Functions {
  private Functions() {}

  /** A function of no arguments. */
  @FunctionalInterface
  public interface F0<R extends @Nullable Object> extends Serializable {
    /** Calls the function. */
    R apply() throws Exception;
  }

  /** A function of one argument. */
  @FunctionalInterface
  public interface F1<A extends @Nullable Object, R extends @Nullable Object> extends Serializable {
    /** Calls the function. */
    R apply(A a) throws Exception;
  }

  /** A function of two arguments. */
  @FunctionalInterface
  public interface F2<
          A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
      extends Serializable {
    /** Calls the function. */
    R apply(A a, B b) throws Exception;
  }

  /** A function of three arguments. */
  @FunctionalInterface
  public interface F3<
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          R extends @Nullable Object>
      extends Serializable {
    /** Calls the function. */
    R apply(A a, B b, C c) throws Exception;
  }

  /** A function of four arguments. */
  @FunctionalInterface
  public interface F4<
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          R extends @Nullable Object>
      extends Serializable {
    /** Calls the function. */
    R apply(A a, B b, C c, D d) throws Exception;
  }

  /** A function of five arguments. */
  @FunctionalInterface
  public interface F5<
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          R extends @Nullable Object>
      extends Serializable {
    /** Calls the function. */
    R apply(A a, B b, C c, D d, E e) throws Exception;
  }

  /** A side effect of no arguments. */
  @FunctionalInterface
  public interface A0 extends Serializable {
    /** Has the effect. */
    void apply() throws Exception;
  }

  /** A side effect of one argument. */
  @FunctionalInterface
  public interface A1<A extends @Nullable Object> extends Serializable {
    /** Has the effect. */
    void apply(A a) throws Exception;
  }

  /** A side effect of two arguments. */
  @FunctionalInterface
  public interface A2<A extends @Nullable Object, B extends @Nullable Object> extends Serializable {
    /** Has the effect. */
    void apply(A a, B b) throws Exception;
  }

  /** A side effect of three arguments. */
  @FunctionalInterface
  public interface A3<
          A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object>
      extends Serializable {
    /** Has the effect. */
    void apply(A a, B b, C c) throws Exception;
  }

  /** A side effect of four arguments. */
  @FunctionalInterface
  public interface A4<
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object>
      extends Serializable {
    /** Has the effect. */
    void apply(A a, B b, C c, D d) throws Exception;
  }

  /** A side effect of five arguments. */
  @FunctionalInterface
  public interface A5<
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object>
      extends Serializable {
    /** Has the effect. */
    void apply(A a, B b, C c, D d, E e) throws Exception;
  }
}
