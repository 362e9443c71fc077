package dev.reprise.cache.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.testing.Shows;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** FAULTS row 21: what a disk that is full, or dead, does to writes. */
final class WriteLaneTest {
  private final AtomicInteger tries = new AtomicInteger();
  private final AtomicInteger freed = new AtomicInteger();
  private final CountDownLatch unblock = new CountDownLatch(1);
  private final WriteLane lane = new WriteLane(Duration.ofMillis(200), Duration.ofMillis(400));

  @AfterEach
  void end() {
    unblock.countDown();
    lane.close();
  }

  @Test
  void run_changeWorks_isMadeOnceAndFreed() throws Exception {
    lane.run(tries::incrementAndGet, freed::incrementAndGet);

    assertThat(tries).hasValue(1);
    assertThat(freed).hasValue(1);
    assertThat(lane.close()).isTrue();
  }

  @Test
  @Shows("Fault 21")
  void run_changeNeverComesBack_isGivenUpAndLaterOnesFailAtOnce() {
    assertThatThrownBy(() -> lane.run(this::block, freed::incrementAndGet))
        .isInstanceOf(CacheUnavailableException.class)
        .hasMessageStartingWith("the index did not take a write for 200 ms");
    assertThat(freed).as("the change still uses it").hasValue(0);

    long start = System.nanoTime();
    for (int i = 0; i < 100; i++) {
      assertThatThrownBy(() -> lane.run(tries::incrementAndGet, freed::incrementAndGet))
          .isInstanceOf(CacheUnavailableException.class)
          .hasMessageStartingWith("the index did not take a write for 200 ms");
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    assertThat(tries).hasValue(0);
    assertThat(freed).hasValue(100);
    assertThat(lane.close()).as("it is still inside").isFalse();
  }

  @Test
  void run_changeComesBackLate_laterOnesAreMadeAgain() throws Exception {
    assertThatThrownBy(() -> lane.run(this::block, freed::incrementAndGet))
        .isInstanceOf(CacheUnavailableException.class);
    assertThatThrownBy(() -> lane.run(tries::incrementAndGet, () -> {}))
        .isInstanceOf(CacheUnavailableException.class);
    assertThat(tries).hasValue(0);

    unblock.countDown();
    awaitWritable();
    assertThat(freed).hasValue(1);
    lane.run(tries::incrementAndGet, () -> {});
    assertThat(tries).hasValue(1);
  }

  @Test
  void run_busyForLongerThanThePatience_isMadeAllTheSame() throws Exception {
    assertThatThrownBy(
            () ->
                lane.run(
                    () -> {
                      if (tries.incrementAndGet() < 50) {
                        throw failure(Status.Code.Incomplete, "Write stall");
                      }
                    },
                    freed::incrementAndGet))
        .isInstanceOf(CacheUnavailableException.class);

    awaitWritable();
    assertThat(tries).hasValue(50);
    assertThat(freed).hasValue(1);
  }

  private void awaitWritable() throws InterruptedException {
    for (int i = 0; i < 3000; i++) {
      try {
        lane.run(() -> {}, () -> {});
        return;
      } catch (CacheUnavailableException e) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
    }
    throw new AssertionError("the lane did not come back");
  }

  @Test
  void run_busyForAWhile_isTriedAgain() throws Exception {
    lane.run(
        () -> {
          if (tries.incrementAndGet() < 5) {
            throw failure(Status.Code.Incomplete, "Write stall");
          }
        },
        freed::incrementAndGet);

    assertThat(tries).hasValue(5);
    assertThat(freed).hasValue(1);
  }

  @Test
  void run_busyForEver_isGivenUp() {
    assertThatThrownBy(
            () ->
                lane.run(
                    () -> {
                      throw failure(Status.Code.Incomplete, "Write stall");
                    },
                    freed::incrementAndGet))
        .isInstanceOf(CacheUnavailableException.class);
  }

  @Test
  void run_laneWasClosedMeanwhile_failsLikeAnyUseOfAClosedIndex() {
    lane.close();

    assertThatThrownBy(() -> lane.run(tries::incrementAndGet, freed::incrementAndGet))
        .isInstanceOf(CacheUnavailableException.class)
        .hasMessageContaining("closed");
    assertThat(tries).hasValue(0);
    assertThat(freed).hasValue(1);
  }

  @Test
  void run_diskFull_isGivenUpAtOnce() {
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(
              () ->
                  lane.run(
                      () -> {
                        tries.incrementAndGet();
                        throw failure(Status.Code.IOError, "No space left on device");
                      },
                      freed::incrementAndGet))
          .isInstanceOf(CacheUnavailableException.class)
          .hasMessageContaining("No space left on device");
    }

    assertThat(tries).hasValue(1);
    assertThat(freed).hasValue(3);
  }

  @Test
  void close_onAnInterruptedThread_waitsForTheWriteUnderWay() throws Exception {
    Thread.currentThread().interrupt();
    lane.run(() -> LockSupport.parkNanos(50_000_000), freed::incrementAndGet);
    boolean closed = lane.close();

    assertThat(Thread.interrupted()).as("the interrupt is kept").isTrue();
    assertThat(freed).hasValue(1);
    assertThat(closed).isTrue();
  }

  private void block() {
    try {
      if (!unblock.await(30, TimeUnit.SECONDS)) {
        throw new AssertionError("nobody ended the test");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static RocksDBException failure(Status.Code code, String message) {
    return new RocksDBException(message, new Status(code, Status.SubCode.None, message));
  }
}
