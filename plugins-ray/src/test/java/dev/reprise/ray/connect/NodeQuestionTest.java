package dev.reprise.ray.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.reprise.ray.connect.RayCalls.Node;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A head that hangs (FAULTS 8). */
class NodeQuestionTest {
  private static final List<Node> NODES = List.of(new Node("one", Map.of("CPU", 2.0), "socket"));
  private static final Duration SHORT = Duration.ofMillis(1);
  private static final Duration LONG = Duration.ofSeconds(20);

  private final AtomicInteger calls = new AtomicInteger();

  @Test
  void ask_headAnswers_areItsNodesEachTimeAnew() {
    NodeQuestion question =
        new NodeQuestion(() -> calls.incrementAndGet() == 1 ? NODES : List.of());

    assertThat(question.ask(LONG)).isEqualTo(NODES);
    assertThat(question.ask(LONG)).isEmpty();
  }

  @Test
  void ask_headIsSilent_tellsThatAndWaitsForTheSameAnswerLater() {
    CountDownLatch head = new CountDownLatch(1);
    NodeQuestion question =
        new NodeQuestion(
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
        new NodeQuestion(
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
}
