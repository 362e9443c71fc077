package dev.reprise.home;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QuietTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Quiet quiet = new Quiet();

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @Test
  void leave_anotherGoesOn_nothingIsDone() {
    quiet.enter();
    quiet.enter();
    int[] done = new int[1];

    quiet.leave(goOn -> done[0]++);
    assertThat(done[0]).isZero();
    quiet.leave(goOn -> done[0]++);

    assertThat(done[0]).isEqualTo(1);
  }

  @Test
  void enter_whileWorkGoesOn_isWhyItEndsAndComesAfterIt() throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    quiet.enter();
    CompletableFuture<Void> work =
        CompletableFuture.runAsync(
            () ->
                quiet.leave(
                    goOn -> {
                      assertThat(goOn.getAsBoolean()).isTrue();
                      began.countDown();
                      while (goOn.getAsBoolean()) {
                        Thread.onSpinWait();
                      }
                    }),
            threads);
    assertThat(began.await(30, TimeUnit.SECONDS)).isTrue();

    quiet.enter(); // returns only if the work ends

    work.get(30, TimeUnit.SECONDS);
    int[] done = new int[1];
    quiet.leave(goOn -> done[0]++);
    assertThat(done[0]).isEqualTo(1);
  }

  @Test
  void await_untilTheLastHasLeftAndItsWorkIsDone() throws Exception {
    quiet.await();
    quiet.enter();
    CompletableFuture<Integer> waits = CompletableFuture.supplyAsync(this::awaitIt, threads);
    assertThat(waits).isNotDone();
    int[] done = new int[1];

    quiet.leave(
        goOn -> {
          assertThat(waits).isNotDone();
          done[0]++;
        });

    assertThat(waits.get(30, TimeUnit.SECONDS)).isZero();
    assertThat(done[0]).isEqualTo(1);
  }

  private int awaitIt() {
    quiet.await();
    return 0;
  }
}
