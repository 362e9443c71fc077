package dev.reprise.cache.commit;

import static java.util.Objects.requireNonNull;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.base.KillPoint;
import dev.reprise.cache.base.KillPoints;
import dev.reprise.cache.base.Saturating;
import dev.reprise.cache.claim.Claims;
import dev.reprise.cache.claim.Claims.Claim;
import dev.reprise.cache.commit.CommitOutcome.First;
import dev.reprise.cache.commit.CommitOutcome.Lost;
import dev.reprise.cache.commit.CommitOutcome.NotKept;
import dev.reprise.cache.commit.CommitOutcome.Stored;
import dev.reprise.cache.commit.CommitRequest.Mode;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.EntryFormat;
import dev.reprise.cache.index.IndexBatch;
import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.cache.index.KeptFailure;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.DamagedBlobException;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.store.ResultStore.Presence;
import dev.reprise.cache.store.StoredManifest;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes finished results visible, a batch at a time: check, publish blobs, make them durable, keep
 * manifest records, write the index. Trouble with the cache is an outcome, never an exception.
 *
 * <p>Belongs to one thread of the driver; workers never publish.
 *
 * @see <a href="../../../../../../../docs/adr/0003-commit-protocol.md">ADR-0003, commit
 *     protocol</a>
 */
public final class Committer {
  /** Results are written together up to so many bytes of index records, about; at least one is. */
  private static final long LARGEST_WRITE = 8 << 20;

  private static final int BYTES_PER_PARTITION = 128;

  /*
   * An entry is written only when every blob it names is published and durable, so whoever sees an entry
   * after a crash finds what it names. What a crash leaves behind between two steps is of no harm:
   *
   *   before C4   temporary files, swept when their run is over
   *   C4 to C6    blobs that no entry names: found again if the same content comes back, else garbage;
   *               manifest records whose entry is missing: a rebuild revives them, and they are true
   *   from C7     entries that nobody was told of: hits of the next run
   *
   * The index is not synced here. An entry that is lost with the power costs a recomputation, and no
   * entry can outlive its blobs, since those were synced before.
   *
   * Nothing is dropped before all of a batch is through, so a batch in which something threw may be
   * committed again, whole or piece by piece: what is published is found published, an entry of its own
   * is found as the first one.
   *
   * A claim that ran out (the driver slept, the clock jumped) may be somebody else's by now; if it is
   * not, the result is as good as ever. It is asked for last before the record is kept; what slips through after that writes an entry that is as true as
   * the other's, since both hold the result of a finished execution of the key.
   */

  private final @Nullable CacheIndex index;
  private final ResultStore store;
  private final Claims claims;
  private final String scope;
  private final InstantSource clock;
  private final KillPoints killPoints;
  private final LongConsumer kept;

  /**
   * @param index null to keep nothing
   * @param scope of the index rows, for the manifest records
   * @param clock the index's
   */
  public Committer(
      @Nullable CacheIndex index,
      ResultStore store,
      Claims claims,
      String scope,
      InstantSource clock,
      KillPoints killPoints) {
    this(index, store, claims, scope, clock, killPoints, bytes -> {});
  }

  /**
   * @param index null to keep nothing
   * @param scope of the index rows, for the manifest records
   * @param clock the index's
   * @param kept told of the size of each result that got its entry, in bytes
   */
  public Committer(
      @Nullable CacheIndex index,
      ResultStore store,
      Claims claims,
      String scope,
      InstantSource clock,
      KillPoints killPoints,
      LongConsumer kept) {
    this.index = index;
    this.store = store;
    this.claims = claims;
    this.scope = scope;
    this.clock = clock;
    this.killPoints = killPoints;
    this.kept = kept;
  }

  /** A request on its way. */
  private static final class Item {
    final CommitRequest request;
    @Nullable CommitOutcome outcome;
    @Nullable Manifest published;
    @Nullable CacheEntry entry;
    @Nullable Bytes record;
    @Nullable Fingerprint before;
    boolean replaces;
    boolean superfluous;

    Item(CommitRequest request) {
      this.request = request;
    }
  }

  /**
   * Commits results.
   *
   * @return what came of each, place by place
   */
  public List<CommitOutcome> commit(List<CommitRequest> requests) {
    List<Item> items = requests.stream().map(Item::new).toList();
    List<Item> rest = items;
    while (!rest.isEmpty()) {
      rest = commitOneOfEachKey(rest);
    }
    return items.stream().map(item -> requireNonNull(item.outcome)).toList();
  }

  /**
   * Keeps failures, all or none. Nothing is made durable for them: one that a power cut takes costs
   * an execution. Claims are asked for last, as for results.
   *
   * @return place by place why it is not kept, for people; empty if it is
   */
  public List<String> keepFailures(List<FailureRequest> failures) {
    List<String> notKept = new ArrayList<>(failures.size());
    IndexBatch batch = new IndexBatch();
    long now = clock.millis();
    for (FailureRequest failure : failures) {
      Claim claim = failure.claim();
      if (index == null) {
        notKept.add("nothing is kept here");
      } else if (claim != null && !claims.isCurrent(claim)) {
        notKept.add("its claim ran out and is another run's now");
      } else {
        notKept.add("");
        batch.add(
            new KeptFailure(
                    failure.key(),
                    failure.classes(),
                    failure.message(),
                    failure.origin(),
                    now,
                    Saturating.sum(now, Saturating.millis(failure.time())))
                .put());
      }
    }
    if (!batch.isEmpty()) {
      killPoints.pass(KillPoint.C6);
      try {
        requireNonNull(index).write(batch);
      } catch (CacheUnavailableException e) {
        String why = String.valueOf(e.getMessage());
        notKept.replaceAll(each -> each.isEmpty() ? why : each);
      }
      killPoints.pass(KillPoint.C7);
    }
    return notKept;
  }

  /**
   * Commits what can go together; returns those that are too many, or must see what became of
   * another.
   */
  private List<Item> commitOneOfEachKey(List<Item> items) {
    Set<CacheKey> keys = new HashSet<>();
    List<Item> now = new ArrayList<>(items.size());
    List<Item> later = new ArrayList<>();
    long bytes = 0;
    for (Item item : items) {
      CacheKey key = item.request.key();
      bytes += weight(item.request);
      boolean fits = now.isEmpty() || bytes <= LARGEST_WRITE;
      (fits && (key == null || keys.add(key)) ? now : later).add(item);
    }
    now.forEach(this::check);
    killPoints.pass(KillPoint.C3);
    compare(now);
    now.forEach(this::publish);
    killPoints.pass(KillPoint.C4);
    keepRecords(now);
    killPoints.pass(KillPoint.C5);
    write(now);
    now.forEach(this::drop);
    return later;
  }

  /** About so many bytes of the index a result takes. */
  private static long weight(CommitRequest request) {
    long weight = 0;
    for (PartitionRef partition : request.manifest().partitions()) {
      weight += BYTES_PER_PARTITION + partition.schema().size();
      weight +=
          partition.location() instanceof Location.Inline
              ? partition.size()
              : BlobRef.listedChunks(partition.size()) * Fingerprint.BYTES;
    }
    for (Change note : request.notes()) {
      weight += note instanceof Change.PutNote put ? put.value().size() : 0;
    }
    return weight;
  }

  /** Finds out what cannot be committed at all. */
  private void check(Item item) {
    for (PartitionRef partition : item.request.manifest().partitions()) {
      if (partition.location() instanceof Location.Pending pending) {
        Presence presence = store.presence(pending);
        // If the store cannot say, publishing will.
        if (presence == Presence.MISSING || presence == Presence.DAMAGED) {
          item.outcome =
              new Lost(
                  "its bytes in %s are %s"
                      .formatted(
                          pending.temporary(),
                          presence == Presence.MISSING ? "gone" : "of another size"));
          item.superfluous = true;
          return;
        }
      }
    }
  }

  /** Looks for entries that are there already. */
  private void compare(List<Item> items) {
    List<Item> keyed =
        items.stream()
            .filter(item -> item.outcome == null && item.request.key() != null)
            .filter(item -> item.request.mode() != Mode.NEW || item.request.claim() == null)
            .toList();
    if (index == null || keyed.isEmpty()) {
      return;
    }
    List<CacheKey> keys = keyed.stream().map(item -> requireNonNull(item.request.key())).toList();
    List<@Nullable CacheEntry> entries;
    try {
      entries = index.findAll(keys);
    } catch (CacheUnavailableException e) {
      return; // writing will say so too
    }
    for (int i = 0; i < keyed.size(); i++) {
      CacheEntry entry = entries.get(i);
      if (entry != null) {
        compare(keyed.get(i), entry);
      }
    }
  }

  private void compare(Item item, CacheEntry there) {
    boolean equal = there.manifest().content().equals(item.request.manifest().content());
    boolean whole = store.holds(there.manifest());
    boolean expired = there.isExpired(clock.millis());
    boolean firstWins = item.request.mode() == Mode.FIRST_WINS || item.request.mode() == Mode.NEW;
    if (firstWins && whole && !expired) {
      item.outcome = new First(there.manifest(), equal ? null : item.request.manifest().content());
      item.superfluous = true;
    } else if (item.request.mode() != Mode.MAKE_GOOD
        && equal
        && whole
        && codecs(there.manifest()).equals(codecs(item.request.manifest()))) {
      // The same content in other bytes: the old bytes stay, and the new ones are not needed.
      item.superfluous = true;
      item.published = there.manifest();
      item.replaces = true;
    } else {
      item.before = equal ? null : there.manifest().content();
      item.replaces = true;
    }
  }

  private static Set<String> codecs(Manifest manifest) {
    return manifest.partitions().stream().map(PartitionRef::codec).collect(Collectors.toSet());
  }

  private void publish(Item item) {
    if (item.outcome != null || item.published != null) {
      return;
    }
    Manifest manifest = item.request.manifest();
    List<PartitionRef> partitions = new ArrayList<>(manifest.partitions());
    try {
      for (int i = 0; i < partitions.size(); i++) {
        if (partitions.get(i).location() instanceof Location.Pending pending) {
          partitions.set(i, partitions.get(i).at(store.publish(pending)));
          killPoints.pass(KillPoint.C4);
        }
      }
      item.published = manifest.at(partitions);
    } catch (DamagedBlobException e) {
      item.outcome = new Lost("its bytes could not be published: " + e.getMessage());
      item.superfluous = true;
    } catch (IOException e) {
      // What is published is; the rest stays where its attempt wrote it, and is read from there.
      item.outcome =
          new NotKept(
              manifest.at(partitions), "its bytes could not be published: " + e.getMessage());
    }
  }

  /** Makes blobs durable, then the records from which the index can be made anew. */
  private void keepRecords(List<Item> items) {
    List<Item> withBlobs =
        items.stream()
            .filter(item -> item.outcome == null && hasBlobs(requireNonNull(item.published)))
            .toList();
    makeDurable(withBlobs);
    items.forEach(this::keepRecord);
    makeDurable(withBlobs);
  }

  /** An entry must name nothing that is perhaps not durable. */
  private void makeDurable(List<Item> withBlobs) {
    if (withBlobs.isEmpty()) {
      return;
    }
    try {
      store.sync();
    } catch (IOException e) {
      String why = "the store could not make it durable: " + e.getMessage();
      for (Item item : withBlobs) {
        if (item.outcome == null) {
          item.outcome = new NotKept(requireNonNull(item.published), why);
        }
      }
    }
  }

  private void keepRecord(Item item) {
    if (item.outcome != null) {
      return;
    }
    Manifest manifest = requireNonNull(item.published);
    CacheKey key = item.request.key();
    if (key == null || index == null) {
      item.outcome = new NotKept(manifest, "");
      return;
    }
    if (item.request.claim() != null && !claims.isCurrent(item.request.claim())) {
      item.outcome = new NotKept(manifest, "its claim ran out and is another run's now");
      return;
    }
    long now = clock.millis();
    Duration timeToLive = item.request.timeToLive();
    long expires =
        timeToLive == null ? CacheEntry.NEVER : Saturating.sum(now, Saturating.millis(timeToLive));
    CacheEntry entry = new CacheEntry(key, manifest, item.request.origin(), now, expires);
    item.entry = entry;
    if (hasBlobs(manifest)) {
      Bytes record = EntryFormat.encode(entry);
      item.record = record;
      try {
        store.writeManifest(
            item.request.origin().run(), new StoredManifest(scope, key.digest(), record));
      } catch (IOException e) {
        item.outcome = new NotKept(manifest, "its record could not be kept: " + e.getMessage());
      }
    }
  }

  private void write(List<Item> items) {
    IndexBatch batch = new IndexBatch();
    for (Item item : items) {
      CacheEntry entry = item.entry;
      if (item.outcome == null && entry != null) {
        batch.add(new Change.Put(entry, item.replaces));
        item.request.notes().forEach(batch::add);
      }
    }
    String trouble = null;
    if (!batch.isEmpty()) {
      killPoints.pass(KillPoint.C6);
      try {
        requireNonNull(index).write(batch);
      } catch (CacheUnavailableException e) {
        trouble = String.valueOf(e.getMessage());
      }
      killPoints.pass(KillPoint.C7);
    }
    for (Item item : items) {
      if (item.outcome == null) {
        Manifest manifest = requireNonNull(item.published);
        if (trouble == null) {
          dropEarlierRecords(item);
          kept.accept(manifest.size());
          item.outcome = new Stored(manifest, item.before);
        } else {
          item.outcome = new NotKept(manifest, trouble);
        }
      }
    }
  }

  /** Lest a rebuild brings back what was replaced. */
  private void dropEarlierRecords(Item item) {
    CacheKey key = item.request.key();
    if (item.replaces && key != null) {
      try {
        store.removeManifests(scope, key.digest(), item.record);
      } catch (IOException e) {
        // a rebuild takes the newest of several
      }
    }
  }

  private static boolean hasBlobs(Manifest manifest) {
    return !manifest.blobs().isEmpty();
  }

  /** Drops what a result wrote that nobody needs. */
  private void drop(Item item) {
    if (!item.superfluous) {
      return;
    }
    for (PartitionRef partition : item.request.manifest().partitions()) {
      if (partition.location() instanceof Location.Pending pending) {
        store.discard(pending);
      }
    }
  }
}
