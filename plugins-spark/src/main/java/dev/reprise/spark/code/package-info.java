/**
 * The driver's code on Spark's executors: how it gets there, and that executors run no other.
 *
 * <p>Start with {@link dev.reprise.spark.code.CodePlan}.
 */
@NullMarked
package dev.reprise.spark.code;

import org.jspecify.annotations.NullMarked;
