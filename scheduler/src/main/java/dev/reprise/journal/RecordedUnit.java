package dev.reprise.journal;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.Manifest;
import dev.reprise.executor.ErrorInfo;
import dev.reprise.plan.Outcome;
import dev.reprise.plan.Reason;
import dev.reprise.run.RunListener.Change;
import dev.reprise.run.RunListener.Keeping;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How one unit ended, as its journal tells it.
 *
 * @param node id of its node
 * @param partition its place among the node's units
 * @param label of its partition; empty for an unpartitioned step
 * @param reason why it was not reused; null if it was
 * @param key its cache key, if it has one
 * @param content digest of its result's content, if it has one
 * @param arguments digests in the order of the step's parts; empty if none were recorded
 * @param attempts how many attempts began; 0 for a unit that was reused
 * @param durationNanos what the execution behind its result took
 * @param offsetMillis when it ended, in milliseconds since the run began
 * @param outputBytes how much user code printed in the last attempt
 * @param message what a person should read about the end; may be empty
 * @param error of a failure; null if there was none
 * @param stepChanged how what it has in common with the step's other units differs from the nearest
 *     earlier key; may be empty; units of which it says the same share the list
 * @param argumentsChanged how its arguments differ from those of that key; may be empty
 * @param manifest of its result, if that was recorded
 * @param keeping whether its result was kept; null if it was reused, or the journal does not tell
 * @param runKey digest of everything that determines its result, by which runs that go on from this
 *     one find it; empty if there is none, or if it may not be what made it
 */
public record RecordedUnit(
    int node,
    int partition,
    String label,
    Outcome outcome,
    @Nullable Reason reason,
    Optional<Fingerprint> key,
    Optional<Fingerprint> content,
    List<Fingerprint> arguments,
    int attempts,
    long durationNanos,
    long offsetMillis,
    long outputBytes,
    String message,
    @Nullable ErrorInfo error,
    List<Change> stepChanged,
    List<Change> argumentsChanged,
    Optional<Manifest> manifest,
    @Nullable Keeping keeping,
    Optional<Fingerprint> runKey) {
  public RecordedUnit {
    arguments = List.copyOf(arguments);
    stepChanged = List.copyOf(stepChanged);
    argumentsChanged = List.copyOf(argumentsChanged);
  }

  /** How its key differs from the nearest earlier one; may be empty. */
  public List<Change> changed() {
    return Stream.concat(stepChanged.stream(), argumentsChanged.stream()).toList();
  }
}
