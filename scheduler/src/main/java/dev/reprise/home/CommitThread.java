package dev.reprise.home;

import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.commit.Committer;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.IndexBatch;
import dev.reprise.cache.index.IndexBatch.Change.PutNote;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.store.StoreWatch;
import dev.reprise.run.BatchCommitter;
import dev.reprise.run.Commits;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits in a thread of its own, so that the run's thread never waits for a disk. What comes while
 * one batch is committed makes up the next, so that batches grow with the load.
 *
 * <p>Whatever goes wrong, each result that was submitted is settled exactly once: the run counts
 * them, and would wait for ever for one that is not told.
 */
final class CommitThread implements Commits {
  /*
   * A batch that throws is committed again one by one: the one result that cannot be committed must not
   * cost the others their place in the index, and a batch that is too large for the memory that is left
   * may fit in pieces. Committing twice does no harm, see Committer.
   *
   * `open` and `closed` are guarded by this. A batch leaves `open` in the step that settles it, so that
   * close(), when it gives up, settles what is left and the thread, if it comes back, settles nothing.
   * It ends the batch that it was at: if that writes an entry, the entry is complete and true like any
   * other. It begins no other, and none whose keys were checked after close(): the code that they were
   * made of may have been let go of.
   */

  private static final Logger log = LoggerFactory.getLogger(CommitThread.class);

  /** A batch is settled as a whole, and the run gives up a side that settles nothing for long. */
  private static final int LARGEST_BATCH = 1024;

  /** Of some kilobytes each. To write them one by one takes as long as a small run has left. */
  private static final int MOST_NOTES = 64;

  private final BatchCommitter committer;
  private final ResultStore store;
  private final @Nullable CacheIndex index;
  private final Function<Set<String>, UnaryOperator<String>> keys;
  private final Consumer<List<Settled>> settled;
  private final String where;
  private final StoreWatch farther;
  private final BlockingQueue<Work> queue = new LinkedBlockingQueue<>();
  private final List<Finished> open = new ArrayList<>();
  private final String run;
  private final Thread thread;
  private @Nullable String closed;

  // These belong to the thread.

  /** Blobs that are damaged and in the way of good ones, and why. */
  private final Map<Fingerprint, String> stuck = new HashMap<>();

  /** To be written before anything else is waited for. */
  private final List<PutNote> notes = new ArrayList<>();

  private boolean ending;

  /** Results to commit together with those that follow, or a chore to be done at once. */
  private record Work(List<Finished> batch, Runnable chore) {}

  /**
   * Starts the thread.
   *
   * @param store the committer's
   * @param farther what the committer publishes to; ends with this
   * @param keys looks, for these steps, and says of each why results that are there by now must not
   *     be kept under their keys; empty if they may be
   * @param settled called from the thread, or from whoever closes
   * @param where the committer's store and index, for people
   */
  CommitThread(
      String run,
      Committer committer,
      ResultStore store,
      StoreWatch farther,
      @Nullable CacheIndex index,
      Function<Set<String>, UnaryOperator<String>> keys,
      Consumer<List<Settled>> settled,
      String where) {
    this.run = run;
    this.committer = new BatchCommitter(committer, index);
    this.store = store;
    this.farther = farther;
    this.index = index;
    this.keys = keys;
    this.settled = settled;
    this.where = where;
    this.thread = new Thread(this::workOrGiveUp, "reprise-commit-" + run);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public String where() {
    return where;
  }

  @Override
  public void submit(List<Finished> batch) {
    if (batch.isEmpty()) {
      return;
    }
    String refused;
    synchronized (this) {
      refused = closed;
      if (refused == null) {
        open.addAll(batch);
        for (int from = 0; from < batch.size(); from += LARGEST_BATCH) {
          int to = Math.min(batch.size(), from + LARGEST_BATCH);
          queue.add(new Work(batch.subList(from, to), () -> {}));
        }
        return;
      }
    }
    settled.accept(notKept(batch, refused));
  }

  @Override
  public void setAside(BlobRef blob) {
    queue.add(new Work(List.of(), () -> moveAside(blob)));
  }

  private void moveAside(BlobRef blob) {
    try {
      store.quarantine(blob);
      stuck.remove(blob.address());
    } catch (IOException | RuntimeException e) {
      String why = "blob %s is damaged and cannot be set aside: %s".formatted(blob.address(), e);
      log.warn("run {}: {}", run, why);
      stuck.put(blob.address(), why);
    }
  }

  @Override
  public void remember(PutNote note) {
    queue.add(new Work(List.of(), () -> put(note)));
  }

  private void put(PutNote note) {
    notes.add(note);
    if (notes.size() == MOST_NOTES) {
      putAll();
    }
  }

  private void putAll() {
    String refused = whyClosed();
    if (refused != null && !notes.isEmpty()) {
      log.info("run {}: {} notes are not kept: {}", run, notes.size(), refused);
    } else if (index != null && !notes.isEmpty()) {
      IndexBatch batch = new IndexBatch();
      notes.forEach(batch::add);
      try {
        index.write(batch);
      } catch (CacheUnavailableException e) {
        log.debug("run {}: {} notes are not kept: {}", run, notes.size(), e.getMessage());
      }
    }
    notes.clear();
  }

  @Override
  public void discard(Manifest manifest) {
    queue.add(new Work(List.of(), () -> pending(manifest).forEach(store::discard)));
  }

  private static Stream<Location.Pending> pending(Manifest manifest) {
    return manifest.partitions().stream()
        .map(PartitionRef::location)
        .filter(Location.Pending.class::isInstance)
        .map(Location.Pending.class::cast);
  }

  @Override
  public boolean close(Duration patience, String why) {
    if (whyClosed() != null) {
      return true;
    }
    queue.add(new Work(List.of(), () -> ending = true));
    boolean interrupted = joinWithin(patience.toNanos());
    boolean inTime = giveUp(why);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return inTime;
  }

  @Override
  public void onNews(Runnable call) {
    farther.onNews(call);
  }

  @Override
  public @Nullable String news() {
    return farther.poll();
  }

  @Override
  public void awaitCopies(Duration patience, BooleanSupplier goOn) {
    farther.end(patience, goOn);
  }

  private synchronized @Nullable String whyClosed() {
    return closed;
  }

  /**
   * Settles what is not committed, and from now on what is submitted.
   *
   * @return whether there was nothing left
   */
  private boolean giveUp(String why) {
    List<Finished> left;
    synchronized (this) {
      closed = why;
      left = List.copyOf(open);
      open.clear();
    }
    if (!left.isEmpty()) {
      log.warn("run {}: {} results are not kept: {}", run, left.size(), why);
      settled.accept(notKept(left, why));
    }
    return left.isEmpty();
  }

  /** Waits for the thread, interrupted or not; returns whether it was. */
  private boolean joinWithin(long nanos) {
    Ticker ticker = Ticker.system();
    long deadline = ticker.nanos() + nanos;
    boolean interrupted = false;
    while (thread.isAlive()) {
      long rest = deadline - ticker.nanos();
      if (rest <= 0) {
        return interrupted;
      }
      try {
        TimeUnit.NANOSECONDS.timedJoin(thread, rest);
      } catch (InterruptedException e) {
        interrupted = true; // what was submitted is still committed: it does not take long
      }
    }
    return interrupted;
  }

  private void workOrGiveUp() {
    try {
      work();
    } catch (Throwable e) {
      giveUp("the thread that commits ended with " + e);
    }
  }

  private void work() {
    List<Finished> batch = new ArrayList<>();
    while (!ending && whyClosed() == null) {
      try {
        for (Work next = queue.take(); next != null; next = more(batch)) {
          next.chore().run();
          batch.addAll(next.batch());
        }
      } catch (InterruptedException e) {
        continue; // nobody ends this thread but close()
      }
      if (!batch.isEmpty()) {
        settle(batch, commitOrLeave(batch));
        batch.clear();
      }
      putAll();
    }
  }

  private @Nullable Work more(List<Finished> batch) {
    return batch.size() < LARGEST_BATCH && !ending ? queue.poll() : null;
  }

  private synchronized void settle(List<Finished> batch, List<Settled> all) {
    if (closed == null) {
      open.subList(0, batch.size()).clear();
      settled.accept(all);
    }
  }

  /** What has a blob that is stuck would be found published, and damaged. */
  private List<Settled> commitOrLeave(List<Finished> batch) {
    if (stuck.isEmpty()) {
      return commit(batch);
    }
    List<Settled> all = new ArrayList<>(batch.size());
    List<Finished> rest = new ArrayList<>(batch.size());
    for (Finished finished : batch) {
      Optional<String> why =
          pending(finished.manifest())
              .map(pending -> stuck.get(pending.blob().address()))
              .filter(Objects::nonNull)
              .findFirst();
      if (why.isPresent()) {
        all.addAll(notKept(List.of(finished), why.get()));
      } else {
        rest.add(finished);
      }
    }
    all.addAll(commit(rest));
    return all;
  }

  private List<Settled> commit(List<Finished> batch) {
    try {
      return commitTogether(batch);
    } catch (Throwable e) {
      log.warn("run {}: a batch of {} results could not be committed", run, batch.size(), e);
      List<Settled> all = new ArrayList<>(batch.size());
      for (Finished finished : batch) {
        all.add(batch.size() == 1 ? notKept(finished, e) : commitAlone(finished));
      }
      return all;
    }
  }

  private Settled commitAlone(Finished finished) {
    try {
      return commitTogether(List.of(finished)).get(0);
    } catch (Throwable e) {
      return notKept(finished, e);
    }
  }

  private static Settled notKept(Finished finished, Throwable why) {
    return notKept(List.of(finished), "it could not be committed: " + why).get(0);
  }

  /**
   * The run goes on with the result as its attempt wrote it. Nobody checked what made it, so no
   * other run may take it.
   */
  private static List<Settled> notKept(List<Finished> batch, String why) {
    return batch.stream()
        .map(each -> new Settled(each.unit(), each.manifest(), false, false, why, true))
        .toList();
  }

  private List<Settled> commitTogether(List<Finished> batch) {
    Map<Integer, String> spoilt = spoilt(batch);
    String refused = whyClosed();
    if (refused != null) {
      return notKept(batch, refused);
    }
    return committer.commit(batch, spoilt);
  }

  /**
   * The units whose results must not be kept under their keys, and why; also of those that are not
   * kept in the index, for the journal.
   */
  private Map<Integer, String> spoilt(List<Finished> batch) {
    Map<Integer, String> spoilt = new HashMap<>();
    UnaryOperator<String> spoiling =
        keys.apply(batch.stream().map(each -> each.origin().step()).collect(Collectors.toSet()));
    for (Finished finished : batch) {
      String why = spoiling.apply(finished.origin().step());
      if (!why.isEmpty()) {
        spoilt.put(finished.unit(), why);
      }
    }
    return spoilt;
  }
}
