package dev.reprise.spark;

import dev.reprise.cache.code.MethodRef;
import java.util.List;

/**
 * Tells functions on datasets, which are called in the driver, from those that run on executors.
 */
final class DatasetCode {
  private static final List<String> TYPES =
      List.of("org.apache.spark.sql.SparkSession", "org.apache.spark.sql.Dataset");

  private DatasetCode() {}

  /** Whether the method is one of a session or a dataset, or takes or returns one. */
  static boolean is(MethodRef method) {
    return TYPES.contains(method.owner())
        || TYPES.stream()
            .anyMatch(type -> method.descriptor().contains("L" + type.replace('.', '/') + ";"));
  }
}
