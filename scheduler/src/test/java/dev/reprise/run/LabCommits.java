package dev.reprise.run;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.IndexBatch.Change.PutNote;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
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

/** Commits one batch after the other, in virtual time, until a test lets the disk hang. */
final class LabCommits implements Commits {
  private final RunLab lab;
  private final Consumer<List<Settled>> settled;
  private final Keeper keeper;
  private final Deque<Work> open = new ArrayDeque<>();
  private final Set<Fingerprint> stuck = new HashSet<>();
  private @Nullable String closed;

  private record Work(List<Finished> batch, Runnable chore) {}

  /** What keeps results; trouble with the cache is in what it says of them. */
  interface Keeper {
    /** Commits a batch; says what came of each result, in its order. */
    List<Settled> keep(List<Finished> batch);

    /** Moves a damaged blob out of the way. */
    void setAside(BlobRef blob) throws IOException;

    /** Drops what nobody wants. */
    void discard(Location.Pending pending);

    /** Writes a note. */
    void remember(PutNote note);
  }

  LabCommits(RunLab lab, Consumer<List<Settled>> settled, Keeper keeper) {
    this.lab = lab;
    this.settled = settled;
    this.keeper = keeper;
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
      keeper.setAside(blob);
    } catch (IOException e) {
      stuck.add(blob.address());
    }
  }

  @Override
  public void remember(PutNote note) {
    add(new Work(List.of(), () -> keeper.remember(note)));
  }

  @Override
  public void discard(Manifest manifest) {
    add(new Work(List.of(), () -> pending(manifest).forEach(keeper::discard)));
  }

  static Stream<Location.Pending> pending(Manifest manifest) {
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
    List<Finished> rest = new ArrayList<>();
    for (Finished finished : batch) {
      boolean inTheWay =
          pending(finished.manifest())
              .anyMatch(pending -> stuck.contains(pending.blob().address()));
      if (inTheWay) {
        all.addAll(notKept(List.of(finished), "a damaged blob is in the way"));
      } else {
        rest.add(finished);
      }
    }
    all.addAll(keeper.keep(rest));
    return all;
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
