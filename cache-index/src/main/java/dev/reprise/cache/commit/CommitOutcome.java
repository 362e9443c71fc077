package dev.reprise.cache.commit;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.Manifest;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What came of a commit. */
public sealed interface CommitOutcome {
  /**
   * The entry is visible.
   *
   * @param manifest what it names: published partitions, or those of an earlier entry of equal
   *     content
   * @param before content of the entry whose place it took, if that was another; else null
   */
  record Stored(Manifest manifest, @Nullable Fingerprint before) implements CommitOutcome {}

  /**
   * Somebody else's entry is visible and stays.
   *
   * @param manifest what that entry names: use it in place of the new result
   * @param refused content of the new result, if it is another: the task is not deterministic; else
   *     null
   */
  record First(Manifest manifest, @Nullable Fingerprint refused) implements CommitOutcome {}

  /**
   * There is no entry, and the result is good for this run alone.
   *
   * @param manifest its partitions, which can be read
   * @param why for people; empty if it was not to be kept
   */
  record NotKept(Manifest manifest, String why) implements CommitOutcome {}

  /**
   * The result is gone: its bytes could not be published.
   *
   * @param why for people
   */
  record Lost(String why) implements CommitOutcome {}

  /** Calls the function for the case at hand. */
  default <T> T fold(
      Function<Stored, T> stored,
      Function<First, T> first,
      Function<NotKept, T> notKept,
      Function<Lost, T> lost) {
    if (this instanceof Stored outcome) {
      return stored.apply(outcome);
    }
    if (this instanceof First outcome) {
      return first.apply(outcome);
    }
    return this instanceof NotKept outcome ? notKept.apply(outcome) : lost.apply((Lost) this);
  }
}
