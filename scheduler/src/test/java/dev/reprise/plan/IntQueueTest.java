package dev.reprise.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.reprise.cache.testing.SeededTest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IntQueueTest {
  @SeededTest
  void queue_anyOrderOfCalls_isFirstInFirstOut(Random random) {
    IntQueue queue = new IntQueue();
    Deque<Integer> model = new ArrayDeque<>();
    for (int i = 0; i < 500; i++) {
      if (random.nextInt(5) < 3) {
        queue.add(i);
        model.add(i);
      } else if (!model.isEmpty()) {
        assertThat(queue.peek()).isEqualTo(model.getFirst());
        assertThat(queue.poll()).isEqualTo(model.removeFirst());
      }
      if (random.nextInt(100) == 0) {
        queue.clear();
        model.clear();
      }
      assertThat(queue.size()).isEqualTo(model.size());
      assertThat(queue.isEmpty()).isEqualTo(model.isEmpty());
    }
  }

  @Test
  void poll_nothingThere_throws() {
    assertThatIllegalStateException().isThrownBy(() -> new IntQueue().poll());
  }
}
