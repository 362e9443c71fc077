package dev.reprise.cache.commit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.base.HaltingKillPoints;
import dev.reprise.cache.base.KillPoint;
import dev.reprise.cache.base.KillPoints;
import dev.reprise.cache.base.ThreadAlarms;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.claim.InProcessClaims;
import dev.reprise.cache.commit.CommitOutcome.First;
import dev.reprise.cache.commit.CommitOutcome.Stored;
import dev.reprise.cache.commit.CommitRequest.Mode;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.IndexSettings;
import dev.reprise.cache.index.LookupBatch;
import dev.reprise.cache.index.LookupBatch.Answer;
import dev.reprise.cache.index.RocksCacheIndex;
import dev.reprise.cache.index.Scope;
import dev.reprise.cache.store.BlobWriter;
import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.testing.ChildJvm;
import dev.reprise.cache.testing.Samples;
import dev.reprise.cache.upkeep.Progress;
import dev.reprise.cache.upkeep.Rebuild;
import dev.reprise.cache.upkeep.Scopes;
import dev.reprise.cache.upkeep.Verifier;
import dev.reprise.cache.upkeep.Verifier.Depth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * FAULTS row 1: a driver that is killed between two steps of the protocol. Whatever it had told of
 * is there; what it had not told of is there whole or not at all; nothing needs repair.
 */
final class CommitKillTest {
  private static final Scope SCOPE = Scope.of("flights/dev");
  private static final int BATCHES = 6;
  private static final int BATCH = 5;
  private static final int RESULTS = BATCHES * BATCH;

  @TempDir Path dir;

  @ParameterizedTest
  @EnumSource(
      value = KillPoint.class,
      names = {"C1", "C2", "C3", "C4", "C5", "C6", "C7"})
  void commit_killedAt_losesAtMostWhatWasNotTold(KillPoint point) throws Exception {
    int passing = 1 + new Random(point.ordinal()).nextInt(BATCHES);
    ChildJvm.Outcome child =
        ChildJvm.run(
            List.of("-D" + HaltingKillPoints.PROPERTY + "=" + point + ":" + passing),
            Child.class,
            dir.toString());

    assertThat(child.exit()).as(child.output()).isEqualTo(HaltingKillPoints.STATUS);
    checkAndFinish(told(child.output()));
  }

  @Test
  void commit_killedAnytime_losesAtMostWhatWasNotTold() throws Exception {
    int kills = Boolean.getBoolean("reprise.stress") ? 50 : 3;
    Random random = new Random();
    for (int i = 0; i < kills; i++) {
      Path home = Files.createDirectory(dir.resolve("home" + i));
      Process child = ChildJvm.start(List.of(), Child.class, home.toString());
      List<String> lines = new ArrayList<>();
      int last = random.nextInt(BATCHES);
      try (var output = child.inputReader()) {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
          lines.add(line);
          if (line.equals("batch " + last)) {
            TimeUnit.MICROSECONDS.sleep(random.nextInt(20_000));
            child.toHandle().destroyForcibly(); // leaves the rest of its output to be read
          }
        }
      }
      child.waitFor();
      checkAndFinish(home, told(String.join("\n", lines)));
    }
  }

  private void checkAndFinish(TreeSet<Integer> told) throws Exception {
    checkAndFinish(dir, told);
  }

  private static void checkAndFinish(Path home, TreeSet<Integer> told) throws Exception {
    try (Cache cache = new Cache(home, KillPoints.NONE)) {
      assertThat(cache.verify().findings()).isEmpty();
      List<Integer> missing = new ArrayList<>();
      for (int i = 0; i < RESULTS; i++) {
        if (!cache.isThere(i)) {
          missing.add(i);
        }
      }
      assertThat(missing).noneMatch(told::contains);

      for (int from = 0; from < missing.size(); from += BATCH) {
        cache.commit(missing.subList(from, Math.min(missing.size(), from + BATCH)));
      }

      for (int i = 0; i < RESULTS; i++) {
        assertThat(cache.isThere(i)).as("result %s", i).isTrue();
      }
      assertThat(cache.verify().findings()).isEmpty();
      cache.store.sweep((run, written) -> true);
      assertThat(files(home.resolve("store/tmp"))).isZero();
      Rebuild.Result rebuilt =
          new Rebuild(Scopes.of(cache.index), cache.store, Progress.NONE).run();
      assertThat(rebuilt.restored()).isZero();
      assertThat(rebuilt.incomplete()).isZero();
      assertThat(rebuilt.unreadable()).isEmpty();
    }
  }

  private static TreeSet<Integer> told(String output) {
    TreeSet<Integer> told = new TreeSet<>();
    output
        .lines()
        .filter(line -> line.startsWith("told "))
        .forEach(line -> told.add(Integer.parseInt(line.substring(5))));
    return told;
  }

  private static long files(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).count();
    }
  }

  /** A driver's cache, and the results that it is to hold: each made of its number. */
  private static final class Cache implements AutoCloseable {
    private final FileResultStore store;
    private final RocksCacheIndex index;
    private final ThreadAlarms alarms = new ThreadAlarms("test");
    private final Committer committer;

    Cache(Path home, KillPoints killPoints) throws Exception {
      store =
          FileResultStore.openOrMake(
              home.resolve("store"), new FileResultStore.Settings(0, killPoints));
      index = RocksCacheIndex.open(IndexSettings.of(home.resolve("index"), SCOPE, store)).index();
      committer =
          new Committer(
              index,
              store,
              new InProcessClaims(Ticker.system(), alarms),
              SCOPE.name(),
              InstantSource.system(),
              killPoints);
    }

    void commit(List<Integer> numbers) throws IOException {
      List<CommitRequest> requests = new ArrayList<>();
      for (int i : numbers) {
        requests.add(
            new CommitRequest(
                Samples.key(i),
                manifest(i),
                Samples.origin(i),
                Duration.ofDays(1),
                null,
                Mode.FIRST_WINS,
                List.of()));
      }
      for (CommitOutcome outcome : committer.commit(requests)) {
        assertThat(outcome).isInstanceOfAny(Stored.class, First.class);
      }
    }

    /** Small ones inline, others in blobs, some of several partitions. */
    private Manifest manifest(int i) throws IOException {
      int size = size(i);
      if (i % 5 == 4) {
        return Manifest.many(
            List.of(partition(i, size), partition(i + 1000, size), partition(i + 2000, size)));
      }
      return Manifest.one(partition(i, size));
    }

    private static int size(int i) {
      return i % 3 == 0 ? 100 : 1000 * i + 200_000;
    }

    private PartitionRef partition(int i, int size) throws IOException {
      try (BlobWriter writer = store.write("run-1", "a" + i, 1000)) {
        writer.write(Samples.bytes(size, i));
        return new PartitionRef(
            Samples.content(i),
            "bytes/1",
            size,
            PartitionRef.NOT_A_TABLE,
            Bytes.EMPTY,
            writer.finish());
      }
    }

    /** Whether a look-up hits; then all its bytes must be right. */
    boolean isThere(int i) throws Exception {
      LookupBatch batch = new LookupBatch();
      batch.add(Samples.key(i).digest().bytes(), 0, Long.MAX_VALUE);
      index.lookup(batch);
      if (batch.answer(0) != Answer.HIT) {
        assertThat(batch.answer(0)).isEqualTo(Answer.NO_ENTRY);
        return false;
      }
      CacheEntry entry = index.find(Samples.key(i)).orElseThrow();
      List<PartitionRef> partitions = entry.manifest().partitions();
      for (int p = 0; p < partitions.size(); p++) {
        byte[] bytes = store.read(partitions.get(p).location()).bytes();
        assertThat(Arrays.equals(bytes, Samples.bytes(size(i), i + 1000L * p))).isTrue();
      }
      assertThat(partitions).hasSize(i % 5 == 4 ? 3 : 1);
      return true;
    }

    Verifier.Report verify() throws Exception {
      return new Verifier(Scopes.of(index), store).verify(Depth.DIGESTS, false, Progress.NONE);
    }

    @Override
    public void close() {
      index.close();
      alarms.close();
    }
  }

  /** Commits all results in batches and tells of each once it is committed. */
  static final class Child {
    public static void main(String[] args) throws Exception {
      try (Cache cache = new Cache(Path.of(args[0]), HaltingKillPoints.fromSystemProperties())) {
        for (int batch = 0; batch < BATCHES; batch++) {
          System.out.println("batch " + batch);
          List<Integer> numbers = new ArrayList<>();
          for (int i = batch * BATCH; i < (batch + 1) * BATCH; i++) {
            numbers.add(i);
          }
          cache.commit(numbers);
          numbers.forEach(i -> System.out.println("told " + i));
        }
      }
    }
  }
}
