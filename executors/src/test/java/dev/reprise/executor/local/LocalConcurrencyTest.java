package dev.reprise.executor.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.store.InMemoryResultStore;
import dev.reprise.executor.Argument;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Cancelled;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.TaskExecutor.AttemptListener;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.executor.testing.Answers;
import dev.reprise.executor.testing.TestWork;
import dev.reprise.task.Resources;
import dev.reprise.worker.Worker;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LocalConcurrencyTest {
  private static final long GIB = 1 << 30;

  private final InMemoryResultStore store = new InMemoryResultStore();
  private final TestWork work = new TestWork("r1", store, List.of());
  private final Answers answers = new Answers(Duration.ofSeconds(30));
  private final Room room = new Room();
  private final LocalExecutor executor =
      new LocalExecutor(
          new LocalSettings(6, 4, 4, 8 * GIB, Duration.ofMillis(200)),
          new Worker(
              "w", store, LocalConcurrencyTest.class.getClassLoader(), Ticker.system(), "here"),
          Ticker.system());

  /** Where units meet; they are in the test's own process. */
  static final class Room {
    final AtomicInteger inside = new AtomicInteger();
    final AtomicInteger most = new AtomicInteger();
    final Semaphore entered = new Semaphore(0);
    final Semaphore leave = new Semaphore(0);
    final CountDownLatch letGo = new CountDownLatch(1);
    volatile String thread = "";
  }

  static void visit(Room room) throws InterruptedException {
    room.thread = Thread.currentThread().getName();
    int now = room.inside.incrementAndGet();
    room.most.accumulateAndGet(now, Math::max);
    room.entered.release();
    room.leave.acquire();
    room.inside.decrementAndGet();
  }

  static void cling(Room room) {
    room.entered.release();
    while (room.letGo.getCount() > 0) {
      try {
        room.letGo.await();
      } catch (InterruptedException e) {
        System.out.println("never");
      }
    }
    System.out.println("late");
  }

  @AfterEach
  void close() {
    room.letGo.countDown();
    room.leave.release(1000);
    executor.close();
    assertThat(answers.violations()).isEmpty();
  }

  @Test
  void submit_unitsOfOneProcessor_asManyAtOnceAsProcessors() throws Exception {
    submit("visit", Resources.ONE_CPU, 12);

    assertMostInside(4, 12);
  }

  @Test
  void nanosOfWork_slotsAreBusy_isPositiveOnceUnitsWait() throws Exception {
    submit("visit", Resources.ONE_CPU, 5);
    room.leave.release(1);
    awaitInside(5);
    assertThat(executor.nanosOfWork()).isZero();

    submit("visit", Resources.ONE_CPU, 15);
    assertThat(executor.nanosOfWork()).isPositive();
  }

  @Test
  void nanosOfWork_moreSlotsThanAreOfUse_isOfThoseThatRun() throws Exception {
    submit("visit", Resources.ONE_CPU.withCpus(0.01), 6);
    awaitInside(6);
    room.leave.release(6);
    answers.awaitCount(6);

    submit("visit", Resources.ONE_CPU, 10); // more than slots, also if not all have come back
    awaitInside(4);
    assertThat(executor.nanosOfWork()).isPositive();
  }

  @Test
  void submit_unitsOfTwoProcessors_halfAsMany() throws Exception {
    submit("visit", Resources.ONE_CPU.withCpus(2), 6);

    assertMostInside(2, 6);
  }

  @Test
  void submit_unitsOfNextToNothing_asManyAsThereMayBe() throws Exception {
    submit("visit", Resources.ONE_CPU.withCpus(0.01), 12);

    assertMostInside(6, 12);
  }

  @Test
  void submit_unitsThatClaimMemory_asManyAsFit() throws Exception {
    submit("visit", Resources.ONE_CPU.withMemoryBytes(3 * GIB), 6);

    assertMostInside(2, 6);
  }

  @Test
  void submit_namedResourceOfACluster_limitsNothing() throws Exception {
    submit("visit", Resources.ONE_CPU.with("gpu", 1), 4);

    assertMostInside(4, 4);
  }

  @Test
  void submit_smallUnitsBehindALargeOne_fillTheMachineMeanwhile() throws Exception {
    submit("visit", Resources.ONE_CPU, 1);
    awaitInside(1);
    submit("visit", Resources.ONE_CPU.withCpus(4), 1);
    submit("visit", Resources.ONE_CPU, 3);

    awaitInside(3);
    room.leave.release(100);
    answers.awaitCount(5);
    assertThat(room.most).hasValue(4);
  }

  @Test
  void run_slowUnit_isInTheNameOfItsThread() throws Exception {
    submit("visit", Resources.ONE_CPU, 1);
    awaitInside(1);

    assertThat(room.thread).isEqualTo("reprise-local-1 visit:p0");
  }

  @Test
  void abandon_unitThatClings_slotIsRegained() throws Exception {
    List<UnitWork> clinging = submit("cling", Resources.ONE_CPU, 4);
    awaitInside(4);
    List<UnitWork> waiting = submit("visit", Resources.ONE_CPU, 4);

    executor.cancel(clinging.stream().mapToLong(UnitWork::attempt).toArray());

    for (UnitWork unit : clinging) {
      assertThat(answers.await(unit.attempt())).isInstanceOf(Cancelled.class);
    }
    assertMostInside(4, waiting.size());
    answers.awaitCount(8);
  }

  @Test
  void finished_listenerThrows_otherUnitsGoOn() throws Exception {
    submitVisit(
        attempt -> {},
        (attempt, result) -> {
          throw new IllegalStateException("cannot take it");
        });

    submit("visit", Resources.ONE_CPU, 4);
    answers.awaitCount(4);
  }

  /** Nobody else answers, and a run would wait for ever. */
  @Test
  void finished_memoryIsShortForTheAnswer_isSaidAgain() throws Exception {
    AtomicInteger said = new AtomicInteger();

    UnitWork unit =
        submitVisit(
            attempt -> {},
            (attempt, result) -> {
              if (said.incrementAndGet() < 3) {
                throw new OutOfMemoryError("for the test");
              }
              answers.finished(attempt, result);
            });

    assertThat(answers.await(unit.attempt())).isInstanceOf(AttemptResult.Success.class);
    submit("visit", Resources.ONE_CPU, 4);
    answers.awaitCount(5);
    assertThat(said).hasValue(3);
  }

  /** A failure that cannot be told either, since that takes memory. */
  @Test
  void started_whatItThrowsCannotBeTold_isAnsweredAllTheSame() throws Exception {
    UnitWork unit =
        submitVisit(
            attempt -> {
              throw new OutOfMemoryError() {
                @Override
                public String toString() {
                  throw this;
                }
              };
            },
            answers::finished);

    assertThat(answers.await(unit.attempt())).isInstanceOf(AttemptResult.Lost.class);
    submit("visit", Resources.ONE_CPU, 4);
    answers.awaitCount(5);
  }

  @Test
  void close_allThreads_areGone() throws Exception {
    submit("visit", Resources.ONE_CPU, 8);
    awaitInside(4);

    executor.close();

    assertThat(answers.count()).isEqualTo(8);
    assertThat(room.most).hasValue(4);
    awaitNoThreads();
  }

  @Test
  void close_nothingEverRan_givesTheStandardStreamsBack() {
    PrintStream captured = System.out;

    executor.close();

    assertThat(System.out).isNotSameAs(captured);
  }

  @Test
  void close_unitClings_endsInTimeAndKeepsItsOutputFromTheRealOne() throws Exception {
    PrintStream captured = System.out;
    submit("cling", Resources.ONE_CPU, 1);
    awaitInside(1);

    executor.close();

    assertThat(answers.count()).isEqualTo(1);
    assertThat(System.out).isSameAs(captured);
    room.letGo.countDown();
    awaitNoThreads();
    assertThat(System.out).isNotSameAs(captured);
  }

  /** Submits one unit, and lets five go, to a listener that does this. */
  private UnitWork submitVisit(LongConsumer started, BiConsumer<Long, AttemptResult> finished)
      throws Exception {
    TaskCode code = work.code(LocalConcurrencyTest.class, "visit");
    UnitWork unit = work.unitOf("p0", new Argument.Live(room));
    room.leave.release(5);
    executor.submit(
        work.chunk(code, List.of(unit)),
        new AttemptListener() {
          @Override
          public void started(long attempt) {
            started.accept(attempt);
          }

          @Override
          public void finished(long attempt, AttemptResult result) {
            finished.accept(attempt, result);
          }
        });
    return unit;
  }

  private List<UnitWork> submit(String method, Resources resources, int count) {
    TaskCode code = work.code(LocalConcurrencyTest.class, method);
    List<UnitWork> units = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      units.add(work.unitOf("p" + i, new Argument.Live(room)));
    }
    executor.submit(new WorkChunk("r1", method, code, resources, units), answers);
    return units;
  }

  private void awaitInside(int units) throws InterruptedException {
    assertThat(room.entered.tryAcquire(units, 30, TimeUnit.SECONDS)).isTrue();
  }

  /** Lets units out only when as many as may are in, and a moment has passed for one too many. */
  private void assertMostInside(int most, int all) throws InterruptedException {
    awaitInside(most);
    assertThat(room.entered.tryAcquire(50, TimeUnit.MILLISECONDS)).isFalse();
    room.leave.release(all);
    int before = answers.count();
    answers.awaitCount(Math.max(before, all));
    assertThat(room.most).hasValue(most);
  }

  private static void awaitNoThreads() throws InterruptedException {
    for (int i = 0; i < 3000 && running().size() > 0; i++) {
      Thread.sleep(10);
    }
    assertThat(running()).isEmpty();
  }

  private static List<String> running() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .map(Thread::getName)
        .filter(name -> name.startsWith("reprise-local"))
        .toList();
  }
}
