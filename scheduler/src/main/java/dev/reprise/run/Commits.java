package dev.reprise.run;

import dev.reprise.cache.claim.Claims.Claim;
import dev.reprise.cache.commit.CommitRequest.Mode;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.IndexBatch.Change.PutNote;
import dev.reprise.cache.index.Origin;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.Manifest;
import dev.reprise.executor.ErrorInfo;
import dev.reprise.explain.UnitHistory.Variant;
import dev.reprise.plan.StepKeys.EncodedParts;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes finished results visible, off the run's thread, a batch at a time and in order. Each result
 * that is submitted is settled exactly once.
 */
public interface Commits {
  /** Where results go, for people: the store and the index. */
  String where();

  /** Commits a batch; what came of it is posted to the run. Does not wait. */
  void submit(List<Finished> batch);

  /**
   * Moves a damaged blob aside, before anything is committed that is submitted from now on: a blob
   * is published only where there is none. If that fails, as in a store that is read-only by now,
   * results that have this blob stay where their attempts wrote them and are not kept. Does not
   * wait.
   */
  void setAside(BlobRef blob);

  /** Keeps a note in the index, if it takes it. Does not wait. */
  void remember(PutNote note);

  /** Drops what an attempt wrote whose result nobody wants. Does not wait. */
  void discard(Manifest manifest);

  /**
   * Waits for what was submitted, and ends. What is not committed by then is settled before this
   * returns, as not kept and with the manifest that its attempt made; so is what is submitted from
   * now on. A commit that is under way may come to its end all the same: it is as complete as any.
   * Closing again does nothing.
   *
   * @param patience how long to wait at most
   * @param why results are not kept if it takes longer, a sentence for people
   * @return whether all was committed in time
   */
  boolean close(Duration patience, String why);

  /** Has something called, from any thread, when there is {@link #news}. */
  default void onNews(Runnable call) {}

  /** The next that a person should know of the stores behind the one at hand; null if none. */
  default @Nullable String news() {
    return null;
  }

  /**
   * Waits for copies in farther stores of what was committed; those that are not made are news.
   * Called once all is closed.
   *
   * @param patience how long to wait at most
   * @param goOn asked every now and then, in this thread
   */
  default void awaitCopies(Duration patience, BooleanSupplier goOn) {}

  /**
   * A finished result.
   *
   * @param key null if it has none or must not be kept
   * @param mode what becomes of an entry that is there
   * @param historyId of the unit; null if there is no variant
   * @param isNew whether the unit had no earlier key when it was planned
   * @param variant the key with its parts, for the unit's history; null if there is no key
   * @param parts of the step's key; null if there is none
   * @param failures what becomes of failures that are kept under the key
   */
  record Finished(
      int unit,
      @Nullable CacheKey key,
      Manifest manifest,
      Origin origin,
      @Nullable Duration timeToLive,
      @Nullable Claim claim,
      Mode mode,
      @Nullable Fingerprint historyId,
      boolean isNew,
      @Nullable Variant variant,
      @Nullable EncodedParts parts,
      Failures failures) {
    /** A result of a step that keeps no failures. */
    public Finished(
        int unit,
        @Nullable CacheKey key,
        Manifest manifest,
        Origin origin,
        @Nullable Duration timeToLive,
        @Nullable Claim claim,
        Mode mode,
        @Nullable Fingerprint historyId,
        boolean isNew,
        @Nullable Variant variant,
        @Nullable EncodedParts parts) {
      this(
          unit,
          key,
          manifest,
          origin,
          timeToLive,
          claim,
          mode,
          historyId,
          isNew,
          variant,
          parts,
          Failures.NONE);
    }

    /** A failure that is to be kept; there is no result. */
    public static Finished failed(
        int unit, CacheKey key, Origin origin, @Nullable Claim claim, Failures.Keep failure) {
      return new Finished(
          unit,
          key,
          NO_RESULT,
          origin,
          null,
          claim,
          Mode.FIRST_WINS,
          null,
          false,
          null,
          null,
          failure);
    }
  }

  /** Stands where there is no result. */
  Manifest NO_RESULT = Manifest.many(List.of());

  /** What becomes of failures that are kept under the key of what has finished. */
  sealed interface Failures {
    /** The step keeps none. */
    Failures NONE = new None();

    /** There is a result: what is kept of an earlier failure goes. */
    Failures FORGET = new Forget();

    /** Nothing becomes of them. */
    record None() implements Failures {}

    /** They go. */
    record Forget() implements Failures {}

    /** There is no result but a failure, which is kept for this time. */
    record Keep(ErrorInfo error, Duration time) implements Failures {}
  }

  /**
   * What came of a commit.
   *
   * @param manifest with published partitions; null if they could not be published
   * @param kept whether the index holds it
   * @param lasting whether the index holds it until it is changed: it never expires, has no blobs
   * @param note what a person should know; empty if there is nothing to say
   * @param spoilt whether other code or values than its key says may have made it
   */
  record Settled(
      int unit,
      @Nullable Manifest manifest,
      boolean kept,
      boolean lasting,
      String note,
      boolean spoilt) {
    /** A result that is what its key says. */
    public Settled(
        int unit, @Nullable Manifest manifest, boolean kept, boolean lasting, String note) {
      this(unit, manifest, kept, lasting, note, false);
    }

    /** A result that is not kept. */
    public static Settled notKept(int unit, @Nullable Manifest manifest, String why) {
      return new Settled(unit, manifest, false, false, why);
    }
  }
}
