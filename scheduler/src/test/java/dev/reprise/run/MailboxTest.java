package dev.reprise.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
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
}
