package dev.reprise.run;

import dev.reprise.cache.commit.Committer;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.IndexBatch.Change.PutNote;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.run.Commits.Finished;
import dev.reprise.run.Commits.Settled;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Keeps results by the real commit protocol. */
final class SimKeeper implements LabCommits.Keeper {
  private final BatchCommitter committer;
  private final ResultStore store;
  private final CacheIndex index;
  private final Runnable beforeMemo;

  /**
   * @param store the committer's
   * @param index likewise
   * @param beforeMemo called before each memo is written
   */
  SimKeeper(Committer committer, ResultStore store, CacheIndex index, Runnable beforeMemo) {
    this.committer = new BatchCommitter(committer, index);
    this.store = store;
    this.index = index;
    this.beforeMemo = beforeMemo;
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
    beforeMemo.run();
    LabKeeper.remember(note, index);
  }

  @Override
  public List<Settled> keep(List<Finished> batch) {
    return committer.commit(batch, Map.of());
  }
}
