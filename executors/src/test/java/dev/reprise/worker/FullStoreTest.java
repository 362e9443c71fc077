package dev.reprise.worker;

import static dev.reprise.cache.store.Manifest.Shape.MANY;
import static dev.reprise.cache.store.Manifest.Shape.ONE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.base.KillPoints;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.testing.BrokenStore;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Cancelled;
import dev.reprise.executor.AttemptResult.Lost;
import dev.reprise.executor.AttemptResult.Success;
import dev.reprise.executor.AttemptResult.UserError;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.testing.ManualTicker;
import dev.reprise.executor.testing.TestWork;
import dev.reprise.task.TaskContext;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * FAULTS 20: the disk is full when a blob is written; the result is returned from memory if
 * possible, not kept, and the run goes on.
 */
class FullStoreTest {
  private static final int MIB = 1 << 20;

  @TempDir Path folder;

  private final ManualTicker ticker = new ManualTicker();
  private ResultStore full;

  @BeforeEach
  void makeStore() throws IOException {
    full =
        FileResultStore.openOrMake(
            folder.resolve("full"), new FileResultStore.Settings(Long.MAX_VALUE, KillPoints.NONE));
  }

  @Test
  void run_storeFull_resultIsTheRunsAllTheSame() throws IOException {
    Success success = (Success) run(worker(full), "bytes", ONE, 100_000, 0);

    Location location = location(success, 0);
    assertThat(location).isInstanceOf(Location.Inline.class);
    assertThat(success.notKept()).contains("the store takes no bytes").contains("free");
    assertThat(full.read(location).bytes()).isEqualTo(Tasks.bytes(100_000, 0));
  }

  @Test
  void run_smallResultAndStoreFull_needsNoStore() throws IOException {
    Success success = (Success) run(worker(full), "bytes", ONE, 10, 0);

    assertThat(success.notKept()).isNull();
  }

  @Test
  void run_diskFullHalfWay_keepsInMemoryOnlyWhatTheStoreDidNotTake() throws IOException {
    BrokenStore broken =
        new BrokenStore(
            FileResultStore.openOrMake(
                folder.resolve("store"), new FileResultStore.Settings(0, KillPoints.NONE)));
    broken.writes = 2;

    Success success = (Success) run(worker(broken), "manyBytes", MANY, 3, 100_000);

    assertThat(location(success, 0)).isInstanceOf(Location.Pending.class);
    assertThat(location(success, 1)).isInstanceOf(Location.Pending.class);
    assertThat(location(success, 2)).isInstanceOf(Location.Inline.class);
    assertThat(success.notKept()).contains("disk on fire");
  }

  @Test
  void run_recordOfAnEnginesTableAndMore_keepsInMemoryWhatIsNoTable() throws IOException {
    Success success = (Success) run(worker(full).withTables(new Tables()), "both", MANY);

    assertThat(location(success, 0)).isInstanceOf(Location.Inline.class);
    assertThat(success.manifest().partitions().get(1)).isEqualTo(Tables.PIECE);
    assertThat(success.notKept()).contains("the store takes no bytes");
  }

  @Test
  void run_recordOfAnEnginesTableAndWhatMemoryCannotHold_isLostNotTheUsersError()
      throws IOException {
    Worker worker = worker(full).withMemory(budget(300_000)).withTables(new Tables());
    AttemptResult held = run(worker, "bytes", ONE, 200_000, 0);

    Lost lost = (Lost) run(worker, "both", MANY);

    assertThat(lost.why())
        .contains("Both, cannot be kept: the store takes no bytes (")
        .contains("name another folder with --store");
    assertThat(held).isInstanceOf(Success.class);
  }

  @Test
  void run_memoryHeldByOtherResults_isLostAndNamesTheStore() throws IOException {
    Worker worker = worker(full).withMemory(budget(250_000));

    AttemptResult first = run(worker, "bytes", ONE, 100_000, 0);
    AttemptResult second = run(worker, "bytes", ONE, 100_000, 0);
    AttemptResult third = run(worker, "bytes", ONE, 100_000, 0);

    assertThat(third).isInstanceOf(Lost.class);
    assertThat(((Lost) third).why())
        .startsWith("the result, a [B, cannot be kept: the store takes no bytes (")
        .contains("those that are held in memory already")
        .contains("name another folder with --store");
    assertThat(run(worker, "bytes", ONE, 40_000, 0)).as("fits").isInstanceOf(Success.class);
    assertThat(List.of(first, second)).allMatch(Success.class::isInstance);
  }

  @Test
  void run_resultThatMemoryCouldNeverHold_failsWithoutAnotherAttempt() throws IOException {
    Worker worker = worker(full).withMemory(budget(MIB));

    AttemptResult result = run(worker, "bytes", ONE, 2 * MIB, 0);

    assertThat(result).isInstanceOf(UserError.class);
    assertThat(((UserError) result).error().message())
        .contains("this result alone is more than the 1 MiB")
        .contains("name another folder with --store");
  }

  @Test
  void run_resultsThatNobodyHoldsAnyMore_makeRoomForOthers() throws IOException {
    Worker worker = worker(full).withMemory(budget(3 * MIB));
    List<AttemptResult> sent = new ArrayList<>();

    for (int i = 0; i < 8; i++) {
      sent.add(run(worker, "bytes", ONE, 2 * MIB, i));
      assertThat(sent.get(0)).as("result %s", i).isInstanceOf(Success.class);
      sent.clear();
      ticker.advance(Duration.ofSeconds(2));
    }
  }

  @Test
  void run_listThatFailsHalfWay_leavesNoMemoryTaken() throws IOException {
    Worker worker = worker(full).withMemory(budget(10 * MIB));

    assertThat(run(worker, "manyBytes", MANY, 3, 4 * MIB)).isInstanceOf(Lost.class);
    ticker.advance(Duration.ofSeconds(2));

    assertThat(run(worker, "bytes", ONE, 9 * MIB, 0)).isInstanceOf(Success.class);
  }

  @Test
  void run_cancelledOnceItsResultIsThere_leavesNoMemoryTaken() throws IOException {
    Worker worker = worker(full).withMemory(budget(10 * MIB));

    assertThat(run(worker, "cancelled", MANY)).isInstanceOf(Cancelled.class);
    ticker.advance(Duration.ofSeconds(2));

    assertThat(run(worker, "bytes", ONE, 9 * MIB, 0)).isInstanceOf(Success.class);
  }

  private MemoryBudget budget(long bytes) {
    ticker.advance(Duration.ofSeconds(2));
    return new MemoryBudget(bytes, ticker);
  }

  private static Location location(Success success, int partition) {
    return success.manifest().partitions().get(partition).location();
  }

  private Worker worker(ResultStore store) {
    return new Worker("w", store, FullStoreTest.class.getClassLoader(), Ticker.system(), "here");
  }

  private AttemptResult run(Worker worker, String method, Shape shape, Object... arguments)
      throws IOException {
    TestWork work = new TestWork("r1", full, List.of()).inlineLimit(1000);
    TaskCode code = work.code(Tasks.class, method, shape);
    WorkChunk chunk = work.unit(code, arguments);
    return worker.runner(chunk).run(chunk.units().get(0), new RunningUnit("r1", method, "", 1));
  }

  /** The code of a user. */
  static final class Tasks {
    private Tasks() {}

    static byte[] bytes(int size, int seed) {
      byte[] bytes = new byte[size];
      Arrays.fill(bytes, (byte) seed);
      return bytes;
    }

    static List<byte[]> manyBytes(int n, int size) {
      List<byte[]> all = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        all.add(bytes(size, i));
      }
      return all;
    }

    static Both both() {
      return new Both(bytes(200_000, 0), new Table());
    }

    static List<byte[]> cancelled() {
      return new AbstractList<>() {
        @Override
        public byte[] get(int index) {
          ((RunningUnit) TaskContext.current()).cancel();
          return bytes(8 * MIB, index);
        }

        @Override
        public int size() {
          return 1;
        }
      };
    }
  }

  /** Two results, of which one is a table of an engine's own form. */
  record Both(byte[] bytes, Table table) {}

  /** A table of an engine's own form. */
  record Table() {}

  /** An engine that has a way of its own to keep tables. */
  private static final class Tables implements TableForm {
    static final PartitionRef PIECE =
        new PartitionRef(
            Fingerprint.of(new byte[32]),
            "arrow/1",
            1,
            0,
            Bytes.EMPTY,
            new Location.Inline(Bytes.wrap(new byte[1])));

    @Override
    public Use begin(RunningUnit unit) {
      return new Use() {
        @Override
        public Object context() {
          return this;
        }

        @Override
        public Object read(List<PartitionRef> pieces) {
          throw new AssertionError("there are no arguments");
        }

        @Override
        public boolean takes(@Nullable Object value) {
          return value instanceof Table;
        }

        @Override
        public Manifest write(Object table, TaskCode code, String fileName, boolean inOnePiece) {
          return Manifest.one(PIECE);
        }

        @Override
        public Throwable meaning(Throwable thrown) {
          return thrown;
        }

        @Override
        public void close() {}
      };
    }
  }
}
