package dev.reprise.home;

import static java.util.Objects.requireNonNull;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.commit.CommitOutcome;
import dev.reprise.cache.commit.CommitRequest;
import dev.reprise.cache.commit.CommitRequest.Mode;
import dev.reprise.cache.commit.Committer;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.IndexBatch.Change.PutNote;
import dev.reprise.cache.index.NoteKind;
import dev.reprise.explain.PartsFormat;
import dev.reprise.explain.UnitHistory;
import dev.reprise.explain.UnitHistory.Variant;
import dev.reprise.plan.StepKeys.EncodedParts;
import dev.reprise.run.Commits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Commits in a thread of its own, so that the run's thread never waits for a disk. What comes while
 * one batch is committed makes up the next, so that batches grow with the load.
 */
final class CommitThread implements Commits {
  private static final List<Finished> END = List.of();
  private static final int LARGEST_BATCH = 4096;

  private final Committer committer;
  private final @Nullable CacheIndex index;
  private final Consumer<List<Settled>> settled;
  private final BlockingQueue<List<Finished>> queue = new LinkedBlockingQueue<>();
  private final Thread thread;

  CommitThread(
      String run,
      Committer committer,
      @Nullable CacheIndex index,
      Consumer<List<Settled>> settled) {
    this.committer = committer;
    this.index = index;
    this.settled = settled;
    this.thread = new Thread(this::work, "reprise-commit-" + run);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void submit(List<Finished> batch) {
    if (!batch.isEmpty()) {
      queue.add(batch);
    }
  }

  @Override
  public void close() {
    queue.add(END);
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true; // what was submitted is still committed: it does not take long
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void work() {
    boolean end = false;
    List<Finished> batch = new ArrayList<>();
    while (!end) {
      try {
        List<Finished> next = queue.take();
        while (next != null && next != END) {
          batch.addAll(next);
          next = batch.size() < LARGEST_BATCH ? queue.poll() : null;
        }
        end = next == END;
      } catch (InterruptedException e) {
        continue; // nobody ends this thread but close()
      }
      if (!batch.isEmpty()) {
        settled.accept(commit(batch));
        batch.clear();
      }
    }
  }

  private List<Settled> commit(List<Finished> batch) {
    try {
      List<CommitRequest> requests = requests(batch);
      List<CommitOutcome> outcomes = committer.commit(requests);
      List<Settled> all = new ArrayList<>(batch.size());
      for (int i = 0; i < outcomes.size(); i++) {
        all.add(settle(batch.get(i), outcomes.get(i)));
      }
      return all;
    } catch (RuntimeException e) {
      // A bug must not leave the run waiting for ever.
      return batch.stream()
          .map(finished -> new Settled(finished.unit(), null, false, "internal error: " + e))
          .toList();
    }
  }

  private List<CommitRequest> requests(List<Finished> batch) {
    List<Fingerprint> ids =
        batch.stream()
            .filter(finished -> finished.variant() != null)
            .map(Finished::historyId)
            .toList();
    List<@Nullable Bytes> rows = histories(ids);
    List<CommitRequest> requests = new ArrayList<>(batch.size());
    int next = 0;
    for (Finished finished : batch) {
      List<PutNote> notes = new ArrayList<>(2);
      Variant variant = finished.variant();
      if (variant != null) {
        UnitHistory history = decode(rows.get(next++)).with(variant);
        notes.add(
            new PutNote(NoteKind.UNIT_HISTORY, finished.historyId(), PartsFormat.encode(history)));
        EncodedParts parts = finished.parts();
        if (parts != null) {
          notes.add(new PutNote(NoteKind.KEY_PARTS, parts.id(), parts.bytes()));
        }
      }
      requests.add(
          new CommitRequest(
              finished.key(),
              finished.manifest(),
              finished.origin(),
              finished.timeToLive(),
              finished.claim(),
              finished.replace() ? Mode.REPLACE : Mode.FIRST_WINS,
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

  private static Settled settle(Finished finished, CommitOutcome outcome) {
    int unit = finished.unit();
    return outcome.fold(
        stored ->
            new Settled(
                unit,
                stored.manifest(),
                true,
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
                first.refused() == null
                    ? ""
                    : "another run stored %s first and this one made %s, under the same key: the task is"
                            .formatted(
                                first.manifest().content().brief(),
                                requireNonNull(first.refused()).brief())
                        + " not deterministic, and the first result is used"),
        notKept -> new Settled(unit, notKept.manifest(), false, notKept.why()),
        lost -> new Settled(unit, null, false, lost.why()));
  }
}
