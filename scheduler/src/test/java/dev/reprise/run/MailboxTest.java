package dev.reprise.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The mailbox of real runs, on the JVM's own time. */
class MailboxTest {
  private static final Runnable EVENT = () -> {};

  /** No earlier test of the thread may have left it a permit, with which it does not park. */
  private static final Executor FRESH = work -> new Thread(work).start();

  private final Mailbox mailbox = Mailbox.blocking();

  @Test
  void gather_eventHasCome_lastsAllTheSameAndTheEventIsStillThere() throws Exception {
    mailbox.post(EVENT);

    CompletableFuture<Long> lasted = CompletableFuture.supplyAsync(this::gatherShortly, FRESH);

    assertThat(lasted.get(30, TimeUnit.SECONDS))
        .isGreaterThanOrEqualTo(Duration.ofMillis(2).toNanos());
    assertThat(mailbox.poll(0)).isSameAs(EVENT);
  }

  private long gatherShortly() {
    long begun = System.nanoTime();
    mailbox.gather(Duration.ofMillis(2).toNanos());
    return System.nanoTime() - begun;
  }

  @Test
  void gather_threadIsInterrupted_endsAndLeavesTheInterruptToWhoeverWaitsNext() {
    Thread.currentThread().interrupt();

    mailbox.gather(Duration.ofHours(1).toNanos());

    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void poll_eventsOfSeveralThreads_comeInTheOrderInWhichEachPosted() throws Exception {
    List<List<Integer>> seen = List.of(new ArrayList<>(), new ArrayList<>());
    List<Thread> posting = new ArrayList<>();
    for (List<Integer> of : seen) {
      Thread thread =
          new Thread(() -> IntStream.range(0, 1000).forEach(i -> mailbox.post(() -> of.add(i))));
      posting.add(thread);
      thread.start();
    }
    for (int taken = 0; taken < 2000; taken++) {
      Runnable event = mailbox.poll(TimeUnit.SECONDS.toNanos(30));
      assertThat(event).isNotNull();
      event.run();
    }
    for (Thread thread : posting) {
      thread.join();
    }

    assertThat(seen).allSatisfy(of -> assertThat(of).hasSize(1000).isSorted());
    assertThat(mailbox.poll(0)).isNull();
  }

  @Test
  void poll_threadIsInterrupted_throwsThoughThereAreEvents() throws Exception {
    mailbox.post(EVENT);
    mailbox.post(EVENT);
    mailbox.poll(0);
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> mailbox.poll(0)).isInstanceOf(InterruptedException.class);
    assertThat(mailbox.poll(0)).as("it is still there").isSameAs(EVENT);
  }
}
