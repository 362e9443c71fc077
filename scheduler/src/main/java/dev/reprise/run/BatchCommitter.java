package dev.reprise.run;

import static java.util.Objects.requireNonNull;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.commit.CommitOutcome;
import dev.reprise.cache.commit.CommitRequest;
import dev.reprise.cache.commit.Committer;
import dev.reprise.cache.commit.FailureRequest;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.cache.index.IndexBatch.Change.PutNote;
import dev.reprise.cache.index.KeptFailure;
import dev.reprise.cache.index.NoteKind;
import dev.reprise.cache.index.Origin;
import dev.reprise.explain.PartsFormat;
import dev.reprise.explain.UnitHistory;
import dev.reprise.explain.UnitHistory.Variant;
import dev.reprise.plan.StepKeys.EncodedParts;
import dev.reprise.run.Commits.Failures;
import dev.reprise.run.Commits.Finished;
import dev.reprise.run.Commits.Settled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Commits batches of finished results on the calling thread, with what explains later misses, and
 * says what a run should know of each. Belongs to one thread.
 */
public final class BatchCommitter {
  /** What the note of a step says whose units have histories. */
  private static final Bytes HAS_HISTORIES = Bytes.wrap(new byte[] {1});

  private final Committer committer;
  private final @Nullable CacheIndex index;

  /**
   * @param index the committer's, where units have their histories; null to keep nothing
   */
  public BatchCommitter(Committer committer, @Nullable CacheIndex index) {
    this.committer = committer;
    this.index = index;
  }

  /**
   * Commits a batch.
   *
   * @param spoilt units whose results must not be kept under their keys, and why
   * @return what came of each, place by place; trouble with the cache is told there
   */
  public List<Settled> commit(List<Finished> batch, Map<Integer, String> spoilt) {
    for (Finished finished : batch) {
      if (finished.failures() instanceof Failures.Keep) {
        return commitWithFailures(batch, spoilt);
      }
    }
    return commitResults(batch, spoilt);
  }

  private List<Settled> commitWithFailures(List<Finished> batch, Map<Integer, String> spoilt) {
    List<Finished> results = new ArrayList<>();
    List<Finished> failed = new ArrayList<>();
    for (Finished finished : batch) {
      (finished.failures() instanceof Failures.Keep ? failed : results).add(finished);
    }
    Iterator<Settled> ofResults = commitResults(results, spoilt).iterator();
    Iterator<Settled> ofFailures = keepFailures(failed, spoilt).iterator();
    List<Settled> all = new ArrayList<>(batch.size());
    for (Finished finished : batch) {
      all.add((finished.failures() instanceof Failures.Keep ? ofFailures : ofResults).next());
    }
    return all;
  }

  private List<Settled> keepFailures(List<Finished> failed, Map<Integer, String> spoilt) {
    List<FailureRequest> requests = new ArrayList<>();
    for (Finished finished : failed) {
      CacheKey key = finished.key();
      if (!spoilt.containsKey(finished.unit())
          && key != null
          && finished.failures() instanceof Failures.Keep keep) {
        requests.add(
            new FailureRequest(
                key,
                keep.error().classes(),
                keep.error().message(),
                finished.origin(),
                keep.time(),
                finished.claim()));
      }
    }
    Iterator<String> outcomes = committer.keepFailures(requests).iterator();
    List<Settled> all = new ArrayList<>(failed.size());
    for (Finished finished : failed) {
      String why = spoilt.get(finished.unit());
      String note = why == null ? outcomes.next() : why;
      all.add(new Settled(finished.unit(), null, note.isEmpty(), false, note));
    }
    return all;
  }

  private List<Settled> commitResults(List<Finished> batch, Map<Integer, String> spoilt) {
    List<CommitOutcome> outcomes = committer.commit(requests(batch, spoilt.keySet()));
    List<Settled> all = new ArrayList<>(batch.size());
    for (int i = 0; i < outcomes.size(); i++) {
      String why = spoilt.getOrDefault(batch.get(i).unit(), "");
      all.add(settled(batch.get(i), outcomes.get(i), why));
    }
    return all;
  }

  private List<CommitRequest> requests(List<Finished> batch, Set<Integer> spoilt) {
    List<Fingerprint> ids =
        batch.stream()
            .filter(finished -> finished.variant() != null && !finished.isNew())
            .map(finished -> requireNonNull(finished.historyId()))
            .toList();
    List<@Nullable Bytes> rows = histories(ids);
    List<CommitRequest> requests = new ArrayList<>(batch.size());
    int next = 0;
    for (Finished finished : batch) {
      List<Change> notes = new ArrayList<>(2);
      CacheKey key = finished.key();
      if (key != null && finished.failures() instanceof Failures.Forget) {
        notes.add(KeptFailure.remove(key));
      }
      Variant variant = finished.variant();
      if (variant != null) {
        Bytes row = finished.isNew() ? null : rows.get(next++);
        UnitHistory history = decode(row).with(variant);
        notes.add(
            new PutNote(
                NoteKind.UNIT_HISTORY,
                requireNonNull(finished.historyId()),
                PartsFormat.encode(history)));
        EncodedParts parts = finished.parts();
        if (parts != null) {
          notes.add(new PutNote(NoteKind.KEY_PARTS, parts.id(), parts.bytes()));
          notes.add(hasHistories(finished.origin()));
        }
      }
      requests.add(
          new CommitRequest(
              spoilt.contains(finished.unit()) ? null : finished.key(),
              finished.manifest(),
              finished.origin(),
              finished.timeToLive(),
              finished.claim(),
              finished.mode(),
              notes));
    }
    return requests;
  }

  private List<@Nullable Bytes> histories(List<Fingerprint> ids) {
    if (index == null || ids.isEmpty()) {
      return Collections.nCopies(ids.size(), null);
    }
    try {
      return index.notes(NoteKind.UNIT_HISTORY, ids);
    } catch (CacheUnavailableException e) {
      return Collections.nCopies(ids.size(), null); // the commit will say so
    }
  }

  /** The note of a step whose units have histories. */
  static PutNote hasHistories(Origin origin) {
    return new PutNote(
        NoteKind.UNIT_HISTORY, UnitHistory.ofStep(origin.pipeline(), origin.step()), HAS_HISTORIES);
  }

  private static UnitHistory decode(@Nullable Bytes row) {
    if (row == null) {
      return UnitHistory.EMPTY;
    }
    try {
      return PartsFormat.decodeHistory(row);
    } catch (IOException e) {
      return UnitHistory.EMPTY; // it only explains
    }
  }

  private static Settled settled(Finished finished, CommitOutcome outcome, String spoilt) {
    int unit = finished.unit();
    return outcome.fold(
        stored ->
            new Settled(
                unit,
                stored.manifest(),
                true,
                finished.timeToLive() == null && stored.manifest().blobs().isEmpty(),
                stored.before() == null
                    ? ""
                    : "its content is %s and was %s before, under the same key: the task is not deterministic"
                        .formatted(
                            stored.manifest().content().brief(),
                            requireNonNull(stored.before()).brief())),
        first ->
            new Settled(
                unit,
                first.manifest(),
                true,
                false, // another's time to live may end it
                first.refused() == null
                    ? ""
                    : "another run stored %s first and this one made %s, under the same key: the task is"
                            .formatted(
                                first.manifest().content().brief(),
                                requireNonNull(first.refused()).brief())
                        + " not deterministic, and the first result is used"),
        notKept ->
            spoilt.isEmpty()
                ? Settled.notKept(unit, notKept.manifest(), notKept.why())
                : new Settled(unit, notKept.manifest(), false, false, spoilt, true),
        lost -> Settled.notKept(unit, null, lost.why()));
  }
}
