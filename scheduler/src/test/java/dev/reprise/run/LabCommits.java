package dev.reprise.run;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.IndexBatch;
import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.cache.index.NoteKind;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.explain.PartsFormat;
import dev.reprise.explain.UnitHistory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Commits in memory. */
final class LabCommits implements Commits {
  private final RunLab lab;
  private final Consumer<List<Settled>> settled;

  LabCommits(RunLab lab, Consumer<List<Settled>> settled) {
    this.lab = lab;
    this.settled = settled;
  }

  @Override
  public void submit(List<Finished> batch) {
    lab.defer(() -> settle(batch));
  }

  private void settle(List<Finished> batch) {
    List<Settled> all = new ArrayList<>();
    for (Finished finished : batch) {
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
    settled.accept(all);
  }

  private Settled keep(Finished finished, Manifest manifest) {
    if (finished.key() == null) {
      return new Settled(finished.unit(), manifest, false, "");
    }
    IndexBatch batch = new IndexBatch();
    batch.add(new Change.Put(new CacheEntry(finished.key(), manifest, finished.origin(), 1, 0)));
    try {
      Bytes row = lab.index.notes(NoteKind.UNIT_HISTORY, List.of(finished.historyId())).get(0);
      UnitHistory history = row == null ? UnitHistory.EMPTY : PartsFormat.decodeHistory(row);
      batch.add(
          new Change.PutNote(
              NoteKind.UNIT_HISTORY,
              finished.historyId(),
              PartsFormat.encode(history.with(finished.variant()))));
      if (finished.parts() != null) {
        batch.add(
            new Change.PutNote(
                NoteKind.KEY_PARTS, finished.parts().id(), finished.parts().bytes()));
      }
      lab.index.write(batch);
      return new Settled(finished.unit(), manifest, true, "");
    } catch (CacheUnavailableException | IOException e) {
      return new Settled(finished.unit(), manifest, false, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {}
}
