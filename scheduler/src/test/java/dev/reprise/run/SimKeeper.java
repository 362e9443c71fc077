package dev.reprise.run;

import static java.util.Objects.requireNonNull;

import dev.reprise.cache.commit.CommitOutcome;
import dev.reprise.cache.commit.CommitRequest;
import dev.reprise.cache.commit.Committer;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.IndexBatch.Change.PutNote;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.run.Commits.Finished;
import dev.reprise.run.Commits.Settled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Keeps results by the real commit protocol. */
final class SimKeeper implements LabCommits.Keeper {
  private final Committer committer;
  private final ResultStore store;
  private final CacheIndex index;

  /**
   * @param store the committer's
   * @param index likewise
   */
  SimKeeper(Committer committer, ResultStore store, CacheIndex index) {
    this.committer = committer;
    this.store = store;
    this.index = index;
  }

  @Override
  public void setAside(BlobRef blob) throws IOException {
    store.quarantine(blob);
  }

  @Override
  public void discard(Location.Pending pending) {
    store.discard(pending);
  }

  @Override
  public void remember(PutNote note) {
    LabKeeper.remember(note, index);
  }

  @Override
  public List<Settled> keep(List<Finished> batch) {
    List<CommitOutcome> outcomes = committer.commit(batch.stream().map(this::request).toList());
    List<Settled> all = new ArrayList<>();
    for (int i = 0; i < outcomes.size(); i++) {
      all.add(settled(batch.get(i), outcomes.get(i)));
    }
    return all;
  }

  private CommitRequest request(Finished finished) {
    return new CommitRequest(
        finished.key(),
        finished.manifest(),
        finished.origin(),
        finished.timeToLive(),
        finished.claim(),
        finished.mode(),
        notes(finished));
  }

  private List<PutNote> notes(Finished finished) {
    try {
      return LabKeeper.notes(finished, index);
    } catch (CacheUnavailableException e) {
      return List.of(); // the commit will say so
    } catch (IOException e) {
      throw new AssertionError("nobody hurts notes", e);
    }
  }

  private static Settled settled(Finished finished, CommitOutcome outcome) {
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
                    : "its content was " + requireNonNull(stored.before()).brief()),
        first ->
            new Settled(
                unit,
                first.manifest(),
                true,
                false,
                first.refused() == null
                    ? ""
                    : "another run was first, and it is not "
                        + requireNonNull(first.refused()).brief()),
        notKept -> Settled.notKept(unit, notKept.manifest(), notKept.why()),
        lost -> Settled.notKept(unit, null, lost.why()));
  }
}
