package dev.reprise.executor;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.DamagedBlobException.Damage;
import dev.reprise.cache.store.Manifest;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What became of an attempt. */
public sealed interface AttemptResult {
  /** Time in user code, in nanoseconds. */
  long durationNanos();

  /** What user code printed, cut to a limit; empty if nothing. */
  Bytes output();

  /**
   * User code returned.
   *
   * @param manifest with inline and pending partitions
   * @param notKept why the result is good for this run alone and must not enter the index, a
   *     sentence for people: a file argument changed while the unit ran, or the store took no bytes
   *     and the result is inline whatever its size; null if it may be kept
   * @param host where it ran
   * @param dataVersions what user code said of the version of its data: by component of a result of
   *     several, under the empty name that of all
   * @param platform of the process that made it
   */
  record Success(
      Manifest manifest,
      long durationNanos,
      Bytes output,
      @Nullable String notKept,
      String host,
      Map<String, String> dataVersions,
      Platform platform)
      implements AttemptResult {
    public Success {
      dataVersions = Map.copyOf(dataVersions);
    }

    /** A result that this process made, of which no data version was said. */
    public Success(
        Manifest manifest,
        long durationNanos,
        Bytes output,
        @Nullable String notKept,
        String host) {
      this(manifest, durationNanos, output, notKept, host, Map.of(), Platform.here());
    }
  }

  /**
   * User code threw, or its result cannot be encoded. Repeated only if the task asks for it.
   *
   * @param notKept why the failure says nothing of another execution with equal arguments, for
   *     people: it is the engine's or Reprise's own, or a file argument changed while the unit ran;
   *     null if user code threw it
   */
  record UserError(ErrorInfo error, long durationNanos, Bytes output, @Nullable String notKept)
      implements AttemptResult {
    /** What user code threw. */
    public UserError(ErrorInfo error, long durationNanos, Bytes output) {
      this(error, durationNanos, output, null);
    }
  }

  /**
   * The bytes of an argument are missing, damaged or cannot be read; user code did not run. What
   * made them must run again.
   *
   * @param why for people: what is wrong with the blob
   */
  record InputDamaged(BlobRef blob, Damage damage, String why, long durationNanos, Bytes output)
      implements AttemptResult {
    /** Whether the blob is not there at all. */
    public boolean missing() {
      return damage == Damage.MISSING;
    }
  }

  /**
   * The bytes of an argument are whole and are no value any more: a class has changed since they
   * were written, or another version of Reprise wrote them. User code did not run. What made them
   * must run again, and its result must take the place of the one that is kept; if that is the same
   * again, or nothing made them (a constant), trying further is of no use.
   *
   * @param argument its number among the unit's arguments, from 0; a list of values is one argument
   * @param content digest of the partition that cannot be read, as its manifest has it
   * @param why for people: which argument, what is wrong, and where
   */
  record InputUnreadable(
      int argument, Fingerprint content, String why, long durationNanos, Bytes output)
      implements AttemptResult {
    public InputUnreadable {
      checkArgument(argument >= 0, "number of an argument must not be negative: %s", argument);
    }
  }

  /** The worker is gone or the engine failed; never the user's fault. Repeated within bounds. */
  record Lost(String why, long durationNanos, Bytes output) implements AttemptResult {}

  /** The attempt ended because it was asked to. */
  record Cancelled(long durationNanos, Bytes output) implements AttemptResult {}

  /** Calls the function for the case at hand. */
  default <T> T fold(
      Function<Success, T> success,
      Function<UserError, T> userError,
      Function<InputDamaged, T> inputDamaged,
      Function<InputUnreadable, T> inputUnreadable,
      Function<Lost, T> lost,
      Function<Cancelled, T> cancelled) {
    if (this instanceof Success result) {
      return success.apply(result);
    }
    if (this instanceof UserError result) {
      return userError.apply(result);
    }
    if (this instanceof InputDamaged result) {
      return inputDamaged.apply(result);
    }
    if (this instanceof InputUnreadable result) {
      return inputUnreadable.apply(result);
    }
    return this instanceof Lost result ? lost.apply(result) : cancelled.apply((Cancelled) this);
  }
}
