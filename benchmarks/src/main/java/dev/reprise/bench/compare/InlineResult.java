package dev.reprise.bench.compare;

import static dev.reprise.cache.base.Checks.checkState;

import dev.reprise.bench.ratio.Comparison;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.base.KillPoints;
import dev.reprise.cache.base.ThreadAlarms;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.claim.Claims;
import dev.reprise.cache.claim.Claims.Outcome.Granted;
import dev.reprise.cache.claim.InProcessClaims;
import dev.reprise.cache.commit.CommitOutcome;
import dev.reprise.cache.commit.CommitRequest;
import dev.reprise.cache.commit.CommitRequest.Mode;
import dev.reprise.cache.commit.Committer;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.EntryFormat;
import dev.reprise.cache.index.IndexSettings;
import dev.reprise.cache.index.Origin;
import dev.reprise.cache.index.RocksCacheIndex;
import dev.reprise.cache.index.Scope;
import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Results of a kilobyte on their way from a unit's claim to an entry in the index that look-ups
 * find, against the bytes of the same entries put into a bare RocksDB. Both write 1024 at a time,
 * as a busy run does, into a database that is new each round; neither syncs.
 */
public final class InlineResult implements Comparison {
  private static final int BYTES = 1024;
  private static final int AT_ONCE = 1024;
  private static final long WRITE_BUFFER = 64L << 20;
  private static final String SCOPE = "bench";

  /** Puts an entry into a batch, without Reprise. */
  @FunctionalInterface
  interface Put {
    void into(WriteBatch batch, byte[] key, byte[] entry) throws RocksDBException;
  }

  private final Ticker ticker = Ticker.system();
  private final InstantSource clock = InstantSource.fixed(Instant.EPOCH);
  private final Path folder;
  private final Put put;
  private final List<CacheEntry> entries;
  private final List<byte[]> keys;
  private final List<byte[]> values;
  private int rounds;

  public InlineResult(Path folder, int results) {
    this(folder, results, WriteBatch::put);
  }

  InlineResult(Path folder, int results, Put put) {
    this.folder = folder;
    this.put = put;
    SplittableRandom chance = new SplittableRandom(results);
    entries = new ArrayList<>(results);
    for (int i = 0; i < results; i++) {
      byte[] bytes = new byte[BYTES];
      chance.nextBytes(bytes);
      entries.add(entry(i, bytes));
    }
    keys = entries.stream().map(entry -> entry.key().digest().bytes()).toList();
    values = entries.stream().map(entry -> EntryFormat.encode(entry).array()).toList();
  }

  private CacheEntry entry(int number, byte[] bytes) {
    CacheKey key = new CacheKey(Hasher.of("key").putLong(number).finish());
    PartitionRef partition =
        new PartitionRef(
            Hasher.of("content").putBytes(bytes).finish(),
            "bench/1",
            bytes.length,
            PartitionRef.NOT_A_TABLE,
            Bytes.EMPTY,
            new PartitionRef.Location.Inline(Bytes.wrap(bytes)));
    Origin origin = new Origin("run", "bench", "unit", "" + number, 1, "local", 1000, "here");
    return new CacheEntry(key, Manifest.one(partition), origin, clock.millis(), CacheEntry.NEVER);
  }

  @Override
  public double ours() throws Exception {
    Path home = folder.resolve("ours-" + rounds++);
    FileResultStore store =
        FileResultStore.openOrMake(home.resolve("store"), FileResultStore.Settings.STANDARD);
    double nanos;
    try (ThreadAlarms alarms = new ThreadAlarms("reprise-bench-claims");
        RocksCacheIndex index =
            RocksCacheIndex.open(IndexSettings.of(home.resolve("index"), Scope.of(SCOPE), store))
                .index()) {
      Claims claims = new InProcessClaims(ticker, alarms);
      List<CommitRequest> requests = requests(claims);
      Committer committer = new Committer(index, store, claims, SCOPE, clock, KillPoints.NONE);
      long begun = ticker.nanos();
      int stored = 0;
      for (int from = 0; from < requests.size(); from += AT_ONCE) {
        int to = Math.min(requests.size(), from + AT_ONCE);
        for (CommitOutcome outcome : committer.commit(requests.subList(from, to))) {
          stored += outcome instanceof CommitOutcome.Stored ? 1 : 0;
        }
      }
      nanos = ticker.nanos() - begun;
      checkState(stored == entries.size(), "%s of %s results are kept", stored, entries.size());
      checkOurs(index);
    }
    Folders.delete(home);
    return nanos / entries.size();
  }

  /** A unit has claimed its key before it ran. */
  private List<CommitRequest> requests(Claims claims) {
    List<CommitRequest> requests = new ArrayList<>(entries.size());
    for (CacheEntry entry : entries) {
      Granted granted =
          (Granted) claims.claim(entry.key().digest(), "bench", Duration.ofMinutes(10));
      requests.add(
          new CommitRequest(
              entry.key(),
              entry.manifest(),
              entry.origin(),
              null,
              granted.claim(),
              Mode.NEW,
              List.of()));
    }
    return requests;
  }

  private void checkOurs(RocksCacheIndex index) throws CacheUnavailableException {
    List<@Nullable CacheEntry> found =
        index.findAll(entries.stream().map(CacheEntry::key).toList());
    checkState(found.equals(entries), "what the index has are other entries");
  }

  @Override
  public double peer() throws RocksDBException, IOException {
    Path home = folder.resolve("peer-" + rounds++);
    double nanos;
    try (Options options = new Options().setCreateIfMissing(true);
        WriteOptions write = new WriteOptions();
        WriteBatch batch = new WriteBatch();
        RocksDB database =
            RocksDB.open(options.setWriteBufferSize(WRITE_BUFFER), home.toString())) {
      long begun = ticker.nanos();
      for (int from = 0; from < keys.size(); from += AT_ONCE) {
        batch.clear();
        for (int i = from; i < Math.min(keys.size(), from + AT_ONCE); i++) {
          put.into(batch, keys.get(i), values.get(i));
        }
        database.write(write, batch);
      }
      nanos = ticker.nanos() - begun;
      for (int i = 0; i < keys.size(); i++) {
        byte @Nullable [] value = database.get(keys.get(i));
        checkState(
            Arrays.equals(value, values.get(i)), "the peer's entry of result %s is another", i);
      }
    }
    Folders.delete(home);
    return nanos / keys.size();
  }
}
