/**
 * Runs tasks on Spark: the executor, what it sends to Spark's executors, what their failures mean.
 *
 * <p>Start with {@link dev.reprise.spark.SparkExecutorFactory}.
 */
@NullMarked
package dev.reprise.spark;

import org.jspecify.annotations.NullMarked;
