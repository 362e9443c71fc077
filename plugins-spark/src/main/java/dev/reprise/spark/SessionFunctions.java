package dev.reprise.spark;

import java.io.Serializable;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/** The functions of a session that tasks are made from; they may throw anything. */
public final class SessionFunctions {
  private SessionFunctions() {}

  /** A function of a session. */
  @FunctionalInterface
  public interface S0<R extends @Nullable Object> extends Serializable {
    /** Calls the function. */
    R apply(SparkSession spark) throws Exception;
  }

  /** A function of a session and one argument. */
  @FunctionalInterface
  public interface S1<A extends @Nullable Object, R extends @Nullable Object> extends Serializable {
    /** Calls the function. */
    R apply(SparkSession spark, A a) throws Exception;
  }

  /** A function of a session and two arguments. */
  @FunctionalInterface
  public interface S2<
          A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
      extends Serializable {
    /** Calls the function. */
    R apply(SparkSession spark, A a, B b) throws Exception;
  }

  /** A function of a session and three arguments. */
  @FunctionalInterface
  public interface S3<
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          R extends @Nullable Object>
      extends Serializable {
    /** Calls the function. */
    R apply(SparkSession spark, A a, B b, C c) throws Exception;
  }

  /** A function of a session and four arguments. */
  @FunctionalInterface
  public interface S4<
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          R extends @Nullable Object>
      extends Serializable {
    /** Calls the function. */
    R apply(SparkSession spark, A a, B b, C c, D d) throws Exception;
  }
}
