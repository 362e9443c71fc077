package dev.reprise.spark;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.code.TaskFunction;
import dev.reprise.executor.ExecutorFactory;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.task.TaskSpec;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Opens executors that run units as tasks of Spark.
 *
 * <p>They use the {@code SparkContext} of this process if there is one, and leave it open.
 * Otherwise they start one when the first unit is submitted and stop it when they are closed: on
 * the cluster that {@code spark.master} names, else in this process.
 *
 * <p>Options: {@code spark.master}, the cluster's address (default: what Spark's own configuration
 * says, else {@code local[*]}); {@code spark.grace}, how long a cancelled unit may take to end
 * before its thread is abandoned (default {@code 5s}); {@code spark.start-timeout}, how long Spark
 * may have no executor before it counts as gone (default {@code 2m}).
 */
public final class SparkExecutorFactory implements ExecutorFactory {
  /** Name of these executors. */
  public static final String NAME = "spark";

  /** For {@code ServiceLoader}. */
  public SparkExecutorFactory() {}

  @Override
  public String name() {
    return NAME;
  }

  /** Opens an executor; user code comes from the calling thread's context class loader. */
  @Override
  public TaskExecutor open(Setting setting) {
    checkArgument(
        isThere(),
        "Spark is not on the class path: start with ./reprise or spark-submit, or add the jars of"
            + " Spark 4.2");
    return SparkExecutor.open(setting, SparkSettings.from(setting));
  }

  /** Those of Spark that may change what a query returns, for functions on datasets. */
  @Override
  public SortedMap<String, String> keySettings(TaskSpec task, SortedMap<String, String> options) {
    return DatasetCode.is(TaskFunction.of(task.function()).method())
        ? KeySettings.now()
        : new TreeMap<>();
  }

  @Override
  public boolean hides(String setting, String value) {
    return KeySettings.hides(setting, value);
  }

  private static boolean isThere() {
    try {
      Class.forName(
          "org.apache.spark.SparkContext", false, SparkExecutorFactory.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
