package dev.reprise.journal;

import dev.reprise.executor.ErrorInfo;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An attempt that failed and was repeated.
 *
 * @param node id of the unit's node
 * @param partition its place among the node's units
 * @param label of its partition; empty for an unpartitioned step
 * @param attempt which one failed, counted from 1
 * @param pause before the next
 * @param offsetMillis when it failed, in milliseconds since the run began
 * @param message what a person should read; may be empty
 * @param error of the attempt; null if there was none
 */
public record RecordedRetry(
    int node,
    int partition,
    String label,
    int attempt,
    Duration pause,
    long offsetMillis,
    String message,
    @Nullable ErrorInfo error) {}
