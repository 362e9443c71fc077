package dev.reprise.run;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.IndexBatch;
import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.cache.index.NoteKind;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore.Presence;
import dev.reprise.explain.PartsFormat;
import dev.reprise.explain.UnitHistory;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Commits in memory, one batch after the other, until a test lets the disk hang. */
final class LabCommits implements Commits {
  private final RunLab lab;
  private final Consumer<List<Settled>> settled;
  private final Deque<Work> open = new ArrayDeque<>();
  private final Set<Fingerprint> stuck = new HashSet<>();
  private @Nullable String closed;

  private record Work(List<Finished> batch, Runnable chore) {}

  LabCommits(RunLab lab, Consumer<List<Settled>> settled) {
    this.lab = lab;
    this.settled = settled;
  }

  @Override
  public String where() {
    return "the lab";
  }

  @Override
  public void submit(List<Finished> batch) {
    if (closed != null) {
      settled.accept(notKept(batch, closed));
      return;
    }
    add(new Work(batch, () -> {}));
  }

  @Override
  public void setAside(BlobRef blob) {
    add(new Work(List.of(), () -> moveAside(blob)));
  }

  private void moveAside(BlobRef blob) {
    try {
      lab.store.quarantine(blob);
    } catch (IOException e) {
      stuck.add(blob.address());
    }
  }

  @Override
  public void remember(Change.PutNote note) {
    add(new Work(List.of(), () -> put(note)));
  }

  private void put(Change.PutNote note) {
    IndexBatch batch = new IndexBatch();
    batch.add(note);
    try {
      lab.index.write(batch);
    } catch (CacheUnavailableException e) {
      // a memo is no loss
    }
  }

  @Override
  public void discard(Manifest manifest) {
    add(new Work(List.of(), () -> pending(manifest).forEach(lab.store::discard)));
  }

  private static Stream<Location.Pending> pending(Manifest manifest) {
    return manifest.partitions().stream()
        .map(PartitionRef::location)
        .filter(Location.Pending.class::isInstance)
        .map(Location.Pending.class::cast);
  }

  private void add(Work work) {
    open.add(work);
    lab.defer(this::workOn);
  }

  private void workOn() {
    if (lab.commitsHang) {
      lab.stalled(this::workOn);
    } else if (!open.isEmpty()) {
      Work next = open.remove();
      next.chore.run();
      if (!next.batch.isEmpty()) {
        settle(next.batch);
      }
    }
  }

  private static List<Settled> notKept(List<Finished> batch, String why) {
    return batch.stream()
        .map(finished -> Settled.notKept(finished.unit(), finished.manifest(), why))
        .toList();
  }

  private void settle(List<Finished> batch) {
    settled.accept(outcomes(batch));
  }

  private List<Settled> outcomes(List<Finished> batch) {
    List<Settled> all = new ArrayList<>();
    for (Finished finished : batch) {
      if (pending(finished.manifest())
          .anyMatch(pending -> stuck.contains(pending.blob().address()))) {
        all.addAll(notKept(List.of(finished), "a damaged blob is in the way"));
        continue;
      }
      if (pending(finished.manifest())
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
      return new Settled(
          finished.unit(),
          manifest,
          true,
          finished.timeToLive() == null && manifest.blobs().isEmpty(),
          "");
    } catch (CacheUnavailableException | IOException e) {
      return Settled.notKept(finished.unit(), manifest, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public boolean close(Duration patience, String why) {
    if (closed != null) {
      return true;
    }
    while (!open.isEmpty() && !lab.commitsHang) {
      workOn();
    }
    closed = why;
    Work underWay = open.peek();
    if (lab.chaos != null && underWay != null && !underWay.batch.isEmpty()) {
      lab.defer(() -> outcomes(underWay.batch)); // it comes to its end late, and tells nobody
    }
    List<Finished> left = open.stream().flatMap(work -> work.batch.stream()).toList();
    open.clear();
    if (!left.isEmpty()) {
      settled.accept(notKept(left, why));
    }
    return left.isEmpty();
  }
}
