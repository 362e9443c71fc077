package dev.reprise.run;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.IndexBatch;
import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.cache.index.IndexBatch.Change.PutNote;
import dev.reprise.cache.index.KeptFailure;
import dev.reprise.cache.index.NoteKind;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore.Presence;
import dev.reprise.explain.PartsFormat;
import dev.reprise.explain.UnitHistory;
import dev.reprise.explain.UnitHistory.Variant;
import dev.reprise.run.Commits.Failures;
import dev.reprise.run.Commits.Finished;
import dev.reprise.run.Commits.Settled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Keeps results in the lab's maps. */
final class LabKeeper implements LabCommits.Keeper {
  private final RunLab lab;

  LabKeeper(RunLab lab) {
    this.lab = lab;
  }

  @Override
  public void setAside(BlobRef blob) throws IOException {
    lab.store.quarantine(blob);
  }

  @Override
  public void discard(Location.Pending pending) {
    lab.store.discard(pending);
  }

  @Override
  public void remember(PutNote note) {
    remember(note, lab.index);
  }

  static void remember(PutNote note, CacheIndex index) {
    IndexBatch batch = new IndexBatch();
    batch.add(note);
    try {
      index.write(batch);
    } catch (CacheUnavailableException e) {
      // a memo is no loss
    }
  }

  @Override
  public List<Settled> keep(List<Finished> batch) {
    List<Settled> all = new ArrayList<>();
    for (Finished finished : batch) {
      if (finished.failures() instanceof Failures.Keep failure) {
        all.add(keep(finished, failure));
        continue;
      }
      if (LabCommits.pending(finished.manifest())
          .anyMatch(pending -> lab.store.presence(pending) == Presence.MISSING)) {
        all.add(Settled.notKept(finished.unit(), null, "its bytes are gone"));
        continue;
      }
      List<PartitionRef> partitions = new ArrayList<>();
      for (PartitionRef partition : finished.manifest().partitions()) {
        partitions.add(
            partition.location() instanceof Location.Pending pending
                ? partition.at(lab.store.publish(pending))
                : partition);
      }
      Manifest manifest =
          finished.manifest().shape() == Shape.ONE
              ? Manifest.one(partitions.get(0))
              : Manifest.many(partitions);
      all.add(keep(finished, manifest));
    }
    return all;
  }

  private Settled keep(Finished finished, Failures.Keep failure) {
    IndexBatch batch = new IndexBatch();
    batch.add(
        new KeptFailure(
                Objects.requireNonNull(finished.key()),
                failure.error().classes(),
                failure.error().message(),
                finished.origin(),
                1,
                1 + failure.time().toMillis())
            .put());
    try {
      lab.index.write(batch);
      return new Settled(finished.unit(), null, true, false, "");
    } catch (CacheUnavailableException e) {
      return Settled.notKept(finished.unit(), null, String.valueOf(e.getMessage()));
    }
  }

  private Settled keep(Finished finished, Manifest manifest) {
    lab.modes.put(
        RunLab.name(finished.origin().step(), finished.origin().label()), finished.mode());
    if (finished.key() == null) {
      return Settled.notKept(finished.unit(), manifest, "");
    }
    IndexBatch batch = new IndexBatch();
    CacheEntry entry = new CacheEntry(finished.key(), manifest, finished.origin(), 1, 0);
    batch.add(new Change.Put(entry, lab.index.entries.containsKey(finished.key())));
    try {
      notes(finished).forEach(batch::add);
      lab.index.write(batch);
      boolean lasting = finished.timeToLive() == null && manifest.blobs().isEmpty();
      return new Settled(finished.unit(), manifest, true, lasting, "");
    } catch (CacheUnavailableException | IOException e) {
      return Settled.notKept(finished.unit(), manifest, String.valueOf(e.getMessage()));
    }
  }

  /** What is kept with a result to explain later misses. */
  private List<PutNote> notes(Finished finished) throws CacheUnavailableException, IOException {
    List<PutNote> notes = new ArrayList<>();
    Variant variant = finished.variant();
    if (variant != null) {
      Bytes row = lab.index.notes(NoteKind.UNIT_HISTORY, List.of(finished.historyId())).get(0);
      UnitHistory history = row == null ? UnitHistory.EMPTY : PartsFormat.decodeHistory(row);
      notes.add(
          new PutNote(
              NoteKind.UNIT_HISTORY,
              finished.historyId(),
              PartsFormat.encode(history.with(variant))));
    }
    if (finished.parts() != null) {
      notes.add(new PutNote(NoteKind.KEY_PARTS, finished.parts().id(), finished.parts().bytes()));
      notes.add(BatchCommitter.hasHistories(finished.origin()));
    }
    return notes;
  }
}
