package dev.reprise.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.testing.SeededTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimersTest {
  private final Timers timers = new Timers();
  private final List<String> happened = new ArrayList<>();

  @Test
  void run_severalAreDue_happenByTimeThenInTheOrderTheyWereAskedFor() {
    timers.at(20, () -> happened.add("b"));
    timers.at(10, () -> happened.add("a"));
    timers.at(20, () -> happened.add("c"));
    timers.at(21, () -> happened.add("not yet"));
    timers.run(20);
    assertThat(happened).containsExactly("a", "b", "c");
    assertThat(timers.nanosToNext(20, 100)).isEqualTo(1);
  }

  /** A million units with a deadline of an hour leave nothing behind when they have ended. */
  @Test
  void cancel_beforeItsTime_neverHappensAndIsForgotten() {
    Timers.Timer deadline = timers.after(0, Duration.ofHours(1), () -> happened.add("late"));
    timers.at(5, () -> happened.add("other"));
    timers.cancel(deadline);
    assertThat(timers.size()).isEqualTo(1);
    timers.run(Duration.ofHours(2).toNanos());
    assertThat(happened).containsExactly("other");
    assertThat(timers.size()).isZero();
  }

  @Test
  void cancel_afterItsTime_doesNothing() {
    Timers.Timer timer = timers.at(5, () -> happened.add("it"));
    timers.run(5);
    timers.cancel(timer);
    timers.cancel(null);
    assertThat(happened).containsExactly("it");
  }

  @SeededTest(seeds = 20)
  void run_tickerPassesTheLargestLong_orderStays(Random random) {
    long start = Long.MAX_VALUE - 500;
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      long wait = random.nextInt(1000);
      waits.add(wait);
      timers.at(start + wait, () -> happened.add(Long.toString(wait)));
    }
    timers.run(start + 1000);
    assertThat(happened)
        .containsExactlyElementsOf(waits.stream().sorted().map(String::valueOf).toList());
  }
}
