package dev.reprise.cache.index;

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
 */
public record Origin(
    String run,
    String pipeline,
    String step,
    String label,
    int attempt,
    String executor,
    long durationNanos,
    String host) {}
