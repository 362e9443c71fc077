package dev.reprise.cli.testing;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.base.KillPoints;
import dev.reprise.cache.base.ThreadAlarms;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.claim.InProcessClaims;
import dev.reprise.cache.commit.CommitOutcome;
import dev.reprise.cache.commit.CommitRequest;
import dev.reprise.cache.commit.CommitRequest.Mode;
import dev.reprise.cache.commit.Committer;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.IndexSettings;
import dev.reprise.cache.index.Origin;
import dev.reprise.cache.index.RocksCacheIndex;
import dev.reprise.cache.index.Scope;
import dev.reprise.cache.store.BlobWriter;
import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.home.HomeId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;

/** A home's index and store, filled by hand, so that screens are the same in every run. */
public final class CacheHome implements AutoCloseable {
  private static final int INLINE_LIMIT = 100;

  private final FileResultStore store;
  private final RocksCacheIndex index;
  private final ThreadAlarms alarms = new ThreadAlarms("claims");
  private final String scope;
  private Instant now = Instant.EPOCH;

  /** Opens the home as a driver of {@code scope} would. */
  public CacheHome(Path home, String scope) throws Exception {
    InstantSource clock = () -> now;
    this.scope = scope;
    this.store =
        FileResultStore.openOrMake(home.resolve("store"), FileResultStore.Settings.STANDARD)
            .forHome(HomeId.of(home));
    this.index =
        RocksCacheIndex.open(
                IndexSettings.of(home.resolve("index"), Scope.of(scope), store)
                    .withTime(clock, Ticker.system())
                    .withCommand("reprise run sample"))
            .index();
  }

  /** The key of what is put under {@code step} and {@code label}. */
  public static CacheKey key(String step, String label) {
    return new CacheKey(Hasher.of("test").putString(step).putString(label).finish());
  }

  /**
   * Puts a table of 10 bytes a row that took 1.5 s; over 100 bytes it lies in a blob.
   *
   * @param at when it is committed
   */
  public Manifest put(String step, String label, int rows, Instant at) throws Exception {
    byte[] bytes = new byte[10 * rows];
    Arrays.fill(bytes, (byte) (step + label).hashCode());
    BlobWriter writer = store.write("20010601-000000-7f3a", "attempt", INLINE_LIMIT);
    writer.write(bytes);
    Fingerprint content = Hasher.of("content").putBytes(bytes).finish();
    PartitionRef partition =
        new PartitionRef(content, "arrow/1", bytes.length, rows, Bytes.EMPTY, writer.finish());
    now = at;
    Committer committer =
        new Committer(
            index,
            store,
            new InProcessClaims(Ticker.system(), alarms),
            scope,
            () -> now,
            KillPoints.NONE);
    Origin origin =
        new Origin(
            "20010601-000000-7f3a",
            "sample",
            step,
            label,
            1,
            "local",
            Duration.ofMillis(1500).toNanos(),
            "host");
    CommitOutcome outcome =
        committer
            .commit(
                List.of(
                    new CommitRequest(
                        key(step, label),
                        Manifest.one(partition),
                        origin,
                        null,
                        null,
                        Mode.REPLACE,
                        List.of())))
            .get(0);
    return ((CommitOutcome.Stored) outcome).manifest();
  }

  @Override
  public void close() {
    index.close();
    alarms.close();
  }
}
