package dev.reprise.worker;

import static dev.reprise.cache.store.Manifest.Shape.MANY;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.base.KillPoints;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.store.BlobWriter;
import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.store.ForwardingResultStore;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.testing.Shows;
import dev.reprise.executor.Argument;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Cancelled;
import dev.reprise.executor.AttemptResult.Success;
import dev.reprise.executor.AttemptResult.UserError;
import dev.reprise.executor.Platform;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.testing.ContractTasks;
import dev.reprise.executor.testing.TestWork;
import dev.reprise.task.TaskContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerTest {
  @TempDir Path folder;

  @Test
  void run_listWhoseIterationThrows_isTheUsersErrorAndLeavesNoContext() throws IOException {
    FileResultStore store = storeWithFloor(0);
    TestWork work = new TestWork("r1", store, List.of());
    for (Shape shape : List.of(Shape.ONE, MANY)) {
      WorkChunk chunk = work.unit(work.code(Lists.class, "lazy", shape), 1);
      RunningUnit unit = new RunningUnit("r1", "lazy", "", 1);

      AttemptResult result = worker(store).runner(chunk).run(chunk.units().get(0), unit);

      assertThat(result).isInstanceOf(UserError.class);
      assertThat(((UserError) result).error().message())
          .contains(shape == MANY ? "element 0 is bad" : "is not registered");
      assertThat(((UserError) result).notKept()).contains("the task did not throw it");
      assertThat(TaskContext.current().run()).isEmpty();
    }
  }

  /** A store that takes any number of bytes, and only counts them. */
  private static final class Counting extends ForwardingResultStore {
    final AtomicLong bytes = new AtomicLong();

    Counting(ResultStore store) {
      super(store);
    }

    @Override
    public BlobWriter write(String run, String attempt, int inlineLimit) {
      return new BlobWriter() {
        @Override
        public void write(int b) {
          bytes.incrementAndGet();
        }

        @Override
        public void write(byte[] from, int offset, int length) {
          bytes.addAndGet(length);
        }

        @Override
        public Location finish() {
          throw new AssertionError("it is not complete");
        }

        @Override
        public long written() {
          return bytes.get();
        }
      };
    }
  }

  @Test
  @Shows("Fault 45")
  void run_objectOfMoreThanAGibibyte_isStreamedUpToThatAndTheErrorNamesTheWaysOut()
      throws IOException {
    FileResultStore arguments = storeWithFloor(0);
    Counting store = new Counting(arguments);
    TestWork work = new TestWork("r1", arguments, List.of()).inlineLimit(1000);
    WorkChunk chunk = work.unit(work.code(Lists.class, "large"), 1100);

    AttemptResult result =
        worker(store)
            .runner(chunk)
            .run(chunk.units().get(0), new RunningUnit("r1", "large", "", 1));

    assertThat(((UserError) result).error().message())
        .isEqualTo(
            "the result, a java.util.ArrayList, cannot be encoded: takes more than 1024 MiB, which is"
                + " the most for one object; return it in partitions, or as a table or a file");
    assertThat(store.bytes.get()).isBetween(1L << 29, 1L << 30);
  }

  private static final AtomicLong TIME = new AtomicLong();

  @Test
  void run_resourceThatTakesLongToMake_isPartOfWhatTheUnitTook() throws IOException {
    FileResultStore store = storeWithFloor(0);
    TestWork work = new TestWork("r1", store, List.of());
    Argument inner =
        new Argument.Made("inner", work.code(Lists.class, "slow"), List.of(work.encoded("x")));
    Argument outer = new Argument.Made("outer", work.code(Lists.class, "slow"), List.of(inner));
    WorkChunk chunk = work.unit(work.code(Lists.class, "describe"), outer);
    Worker worker = new Worker("w", store, WorkerTest.class.getClassLoader(), TIME::get, "node-7");

    AttemptResult result =
        worker.runner(chunk).run(chunk.units().get(0), new RunningUnit("r1", "describe", "", 1));

    assertThat(result).isInstanceOf(AttemptResult.Success.class);
    assertThat(((AttemptResult.Success) result).durationNanos())
        .isEqualTo(Duration.ofSeconds(10).toNanos());
    assertThat(((AttemptResult.Success) result).platform()) // FAULTS 62
        .isEqualTo(new Platform(Runtime.version().feature(), Platform.here().processor()));
  }

  /** A function of a user who computes elements when they are asked for. */
  public static final class Lists {
    private Lists() {}

    public static String slow(String name) {
      TIME.addAndGet(5_000_000_000L);
      return name;
    }

    /** So many mebibytes, all of which are one. */
    public static List<byte[]> large(int mib) {
      return new ArrayList<>(Collections.nCopies(mib, new byte[1 << 20]));
    }

    public static String describe(Object shape) {
      return shape.toString();
    }

    /** A list none of whose elements can be had. */
    public static List<Integer> lazy(int size) {
      return new AbstractList<>() {
        @Override
        public Integer get(int index) {
          throw new IllegalArgumentException("element " + index + " is bad");
        }

        @Override
        public int size() {
          return size;
        }
      };
    }
  }

  /** It is no damage: made again it would be no other. */
  @Test
  void run_argumentOfAClassThatTheTaskDoesNotName_saysToRegisterIt() throws IOException {
    FileResultStore store = storeWithFloor(0);
    TestWork knows = new TestWork("r1", store, List.of(Circle.class));
    TestWork work = new TestWork("r1", store, List.of());
    Argument circle = new Argument.Encoded(knows.partition(new Circle(1), 1000));
    WorkChunk chunk = work.unit(work.code(Lists.class, "describe"), circle);
    Worker worker =
        new Worker("w", store, WorkerTest.class.getClassLoader(), Ticker.system(), "node-7");

    AttemptResult result =
        worker.runner(chunk).run(chunk.units().get(0), new RunningUnit("r1", "describe", "", 1));

    assertThat(((UserError) result).error().message())
        .contains("argument 1 cannot be decoded", "which is not registered for this task")
        .endsWith(
            "; add register(dev.reprise.worker.WorkerTest.Circle.class) to the task that takes it");
  }

  /** A class of the user's. */
  public record Circle(int radius) {}

  /** FAULTS 62. */
  @Test
  void run_codeCompiledForALaterJava_saysWhatThereIsAndWhatToDo() throws IOException {
    FileResultStore store = storeWithFloor(0);
    TestWork work = new TestWork("r1", store, List.of());
    WorkChunk chunk = work.unit(work.code(Lists.class, "lazy"), 1);
    Worker worker = new Worker("w", store, new LaterJava(), Ticker.system(), "node-7");

    AttemptResult result =
        worker.runner(chunk).run(chunk.units().get(0), new RunningUnit("r1", "lazy", "", 1));

    int here = Runtime.version().feature();
    assertThat(((UserError) result).error().message())
        .contains("cannot run on node-7", "WorkerTest$Lists", "there is Java " + here)
        .endsWith("or compile it with --release " + here);
  }

  /** Finds the user's class as a compiler of the future would have made it. */
  private static final class LaterJava extends ClassLoader {
    private static final int MAJOR_VERSION = 7;

    LaterJava() {
      super(WorkerTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.equals(Lists.class.getName())) {
        return super.loadClass(name, resolve);
      }
      try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
        byte[] bytes = requireNonNull(in).readAllBytes();
        bytes[MAJOR_VERSION] = 120;
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }

  @Test
  void run_manyPartitions_areInlineUpToABudgetAndTinyOnesBeyondIt() throws IOException {
    FileResultStore store = storeWithFloor(0);
    int kib32 = 32 << 10;
    List<PartitionRef> large = runMany(store, kib32, 140, kib32);
    long inline = large.stream().filter(WorkerTest::isInline).mapToLong(PartitionRef::size).sum();
    assertThat(inline).isEqualTo(ResultWriter.INLINE_BUDGET);
    assertThat(large.subList(0, 128)).allMatch(WorkerTest::isInline);
    assertThat(large.subList(128, 140)).noneMatch(WorkerTest::isInline);
    byte[] last = store.read(large.get(139).location()).bytes();
    assertThat(last).hasSize(kib32);

    List<PartitionRef> tiny = runMany(store, kib32, 50_000, 100);
    assertThat(tiny).hasSize(50_000).allMatch(WorkerTest::isInline);
    assertThat(runMany(store, 10, 2, 100)).noneMatch(WorkerTest::isInline);
  }

  private static boolean isInline(PartitionRef partition) {
    return partition.location() instanceof Location.Inline;
  }

  private static List<PartitionRef> runMany(
      ResultStore store, int inlineLimit, int count, int size) {
    TestWork work = new TestWork("r1", store, List.of());
    TaskCode code = work.inlineLimit(inlineLimit).code(ContractTasks.class, "manyBytes", MANY);
    WorkChunk chunk = work.unit(code, count, size);
    RunningUnit unit = new RunningUnit("r1", "manyBytes", "", 1);
    AttemptResult result = worker(store).runner(chunk).run(chunk.units().get(0), unit);
    return ((Success) result).manifest().partitions();
  }

  @Test
  void run_cancelledBeforeItEnds_leavesNothingInTheStore() throws IOException {
    FileResultStore store = storeWithFloor(0);
    TestWork work = new TestWork("r1", store, List.of());
    WorkChunk chunk = work.unit(bytesCode(work, 0), 1000, 0);
    RunningUnit unit = new RunningUnit("r1", "bytes", "", 1);
    unit.cancel();

    AttemptResult result = worker(store).runner(chunk).run(chunk.units().get(0), unit);

    assertThat(result).isInstanceOf(Cancelled.class);
    assertThat(folder.resolve("store/tmp").toFile().list()).isNullOrEmpty();
  }

  @Test
  void discard_pendingResult_isGone() throws IOException {
    FileResultStore store = storeWithFloor(0);
    TestWork work = new TestWork("r1", store, List.of());
    WorkChunk chunk = work.unit(bytesCode(work, 0), 1000, 0);
    UnitRunner runner = worker(store).runner(chunk);
    Success success =
        (Success) runner.run(chunk.units().get(0), new RunningUnit("r1", "bytes", "", 1));
    Location.Pending pending = (Location.Pending) success.manifest().partitions().get(0).location();

    runner.discard(success);

    assertThat(store.presence(pending)).isEqualTo(ResultStore.Presence.MISSING);
  }

  @Test
  void run_afterwards_noContextIsLeft() throws IOException {
    ClassLoader loader = new ClassLoader(WorkerTest.class.getClassLoader()) {};
    Thread.currentThread().setContextClassLoader(loader);
    run(storeWithFloor(0), 1000, 10);

    assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(loader);
    Thread.currentThread().setContextClassLoader(WorkerTest.class.getClassLoader());
    assertThat(TaskContext.current().run()).isEmpty();
    assertThat(TaskContext.current().attempt()).isZero();
    assertThat(TaskContext.current().cancelled()).isFalse();
  }

  private FileResultStore storeWithFloor(long floor) throws IOException {
    return FileResultStore.openOrMake(
        folder.resolve("store"), new FileResultStore.Settings(floor, KillPoints.NONE));
  }

  private static AttemptResult run(ResultStore store, int inlineLimit, int size) {
    return run(worker(store), store, inlineLimit, size);
  }

  private static AttemptResult run(Worker worker, ResultStore store, int inlineLimit, int size) {
    TestWork work = new TestWork("r1", store, List.of());
    WorkChunk chunk = work.unit(bytesCode(work, inlineLimit), size, 0);
    return worker.runner(chunk).run(chunk.units().get(0), new RunningUnit("r1", "bytes", "", 1));
  }

  private static TaskCode bytesCode(TestWork work, int inlineLimit) {
    return work.inlineLimit(inlineLimit).code(ContractTasks.class, "bytes");
  }

  private static byte[] bytes(int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (i * 31 + (i >> 8));
    }
    return bytes;
  }

  private static Worker worker(ResultStore store) {
    return new Worker("w", store, WorkerTest.class.getClassLoader(), Ticker.system(), "here");
  }
}
