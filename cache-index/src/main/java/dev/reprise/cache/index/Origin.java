package dev.reprise.cache.index;

import org.jspecify.annotations.Nullable;

/**
 * The run, step and attempt that produced a result.
 *
 * @param run id of the run
 * @param pipeline name of the pipeline
 * @param step name of the step
 * @param label of the partition; empty for an unpartitioned step
 * @param attempt counted from 1
 * @param executor such as {@code local}
 * @param durationNanos time in user code
 * @param host where it ran
 * @param named the cache with a name that the result was put in, and its key there; null if the key
 *     was not written by a user
 */
public record Origin(
    String run,
    String pipeline,
    String step,
    String label,
    int attempt,
    String executor,
    long durationNanos,
    String host,
    @Nullable NamedKey named) {

  /**
   * A key that a user wrote.
   *
   * @param cache name of the cache
   * @param text the key as it came out; what other steps give to it is in braces
   */
  public record NamedKey(String cache, String text) {}

  /** Of a result that is in no cache with a name. */
  public Origin(
      String run,
      String pipeline,
      String step,
      String label,
      int attempt,
      String executor,
      long durationNanos,
      String host) {
    this(run, pipeline, step, label, attempt, executor, durationNanos, host, null);
  }
}
