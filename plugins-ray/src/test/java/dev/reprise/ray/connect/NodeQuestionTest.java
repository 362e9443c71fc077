package dev.reprise.ray.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.reprise.ray.connect.RayCalls.Node;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A head that hangs (FAULTS 8). */
class NodeQuestionTest {
  private static final List<Node> NODES = List.of(new Node("one", Map.of("CPU", 2.0), "socket"));
  private static final Duration SHORT = Duration.ofMillis(1);
  private static final Duration LONG = Duration.ofSeconds(20);

  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicReference<Thread> asking = new AtomicReference<>();

  @Test
  void ask_headAnswers_areItsNodesEachTimeAnew() {
    NodeQuestion question = question(() -> calls.incrementAndGet() == 1 ? NODES : List.of());

    assertThat(question.ask(LONG)).isEqualTo(NODES);
    assertThat(question.ask(LONG)).isEmpty();
  }

  @Test
  void ask_headIsSilent_tellsThatAndWaitsForTheSameAnswerLater() {
    CountDownLatch head = new CountDownLatch(1);
    NodeQuestion question =
        question(
            () -> {
              calls.incrementAndGet();
              head.await();
              return NODES;
            });
    for (int i = 0; i < 3; i++) {
      assertThatIllegalStateException()
          .isThrownBy(() -> question.ask(SHORT))
          .withMessage("its head takes connections and does not answer");
    }

    head.countDown();

    assertThat(question.ask(LONG)).isEqualTo(NODES);
    assertThat(calls).hasValue(1);
  }

  @Test
  void ask_rayFails_tellsThatAndAsksAnewTheNextTime() {
    NodeQuestion question =
        question(
            () -> {
              if (calls.incrementAndGet() == 1) {
                throw new IllegalArgumentException("no such table");
              }
              return NODES;
            });

    assertThatIllegalStateException()
        .isThrownBy(() -> question.ask(LONG))
        .withMessageContaining("no such table");
    assertThat(question.ask(LONG)).isEqualTo(NODES);
  }

  @Test
  void ask_answerCameWhenNobodyWaited_isGoodForTheNextLookAndNotForTheNextRun() throws Exception {
    CountDownLatch head = new CountDownLatch(1);
    NodeQuestion question =
        question(
            () -> {
              asking.set(Thread.currentThread());
              head.await();
              return calls.incrementAndGet() == 1 ? NODES : List.of();
            });
    assertThatIllegalStateException().isThrownBy(() -> question.ask(SHORT));
    while (asking.get() == null) {
      Thread.onSpinWait();
    }
    head.countDown();
    asking.get().join();
    nanos.addAndGet(Duration.ofHours(1).toNanos());

    assertThat(question.ask(LONG)).isEmpty();
  }

  /** One who has little patience must not wait for another's. */
  @Test
  void ask_anotherWaits_isAnsweredAsSoonAsItsOwnPatienceIsOver() throws Exception {
    CountDownLatch head = new CountDownLatch(1);
    NodeQuestion question =
        question(
            () -> {
              head.await();
              return NODES;
            });
    FutureTask<List<Node>> patient = new FutureTask<>(() -> question.ask(LONG));
    Thread thread = new Thread(patient);
    thread.start();
    while (thread.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }

    assertThatIllegalStateException().isThrownBy(() -> question.ask(SHORT));
    head.countDown();
    assertThat(patient.get()).isEqualTo(NODES);
  }

  private NodeQuestion question(Callable<List<Node>> call) {
    return new NodeQuestion(call, nanos::get);
  }
}
