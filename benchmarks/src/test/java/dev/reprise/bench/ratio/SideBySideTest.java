package dev.reprise.bench.ratio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reprise.cache.base.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** How two sides are measured (PERFORMANCE, rules that keep the ratios honest). */
class SideBySideTest {
  private static final Target LOWER = Target.lower("l", "", 2.0, 1.2, 0.4);
  private static final Target HIGHER = Target.higher("h", "", 0.85, 0.95, 0.98);

  private final List<String> calls = new ArrayList<>();
  private boolean closed;

  /** Costs are what it is given, one after the other, the last one for ever. */
  private Comparison costs(boolean exact, double peer, double... ours) {
    return new Comparison() {
      private int next;

      @Override
      public double ours() {
        calls.add("ours");
        return ours[Math.min(next++, ours.length - 1)];
      }

      @Override
      public double peer() {
        calls.add("peer");
        return peer;
      }

      @Override
      public boolean exact() {
        return exact;
      }

      @Override
      public void close() {
        closed = true;
      }
    };
  }

  private static Measured measure(Target target, Comparison comparison) throws Exception {
    return measure(target, comparison, Duration.ofSeconds(10));
  }

  /** Each look at the time is so much later than the one before it. */
  private static Measured measure(Target target, Comparison comparison, Duration step)
      throws Exception {
    AtomicLong now = new AtomicLong();
    Ticker ticker = () -> now.getAndAdd(step.toNanos());
    return new SideBySide(false, ticker, text -> {}).measure(target, comparison);
  }

  @Test
  void measure_sides_areCalledInTurnsAndClosed() throws Exception {
    measure(LOWER, costs(false, 10, 10));

    assertThat(calls).hasSize(2 * (3 + 11));
    for (int i = 0; i < calls.size(); i++) {
      assertThat(calls.get(i)).isEqualTo(i % 2 == 0 ? "ours" : "peer");
    }
    assertThat(closed).isTrue();
  }

  @Test
  void warmUp_lastsUntilThreeInARowAgree() throws Exception {
    Measured measured = measure(LOWER, costs(false, 10, 90, 50, 30, 20, 20.5, 20.4));

    assertThat(calls).hasSize(2 * (6 + 11));
    assertThat(measured.settled()).isTrue();
    assertThat(measured.ours()).isEqualTo(20.4);
  }

  @Test
  void warmUp_thatNeverSettles_endsAndIsTold() throws Exception {
    double[] ours = new double[40];
    for (int i = 0; i < ours.length; i++) {
      ours[i] = i % 2 == 0 ? 10 : 20;
    }

    assertThat(measure(LOWER, costs(false, 10, ours)).settled()).isFalse();
    assertThat(calls).hasSize(2 * (12 + 11));
  }

  @Test
  void warmUp_ofShortRounds_goesOnForHalfAMinute() throws Exception {
    double[] ours = new double[200];
    for (int i = 0; i < ours.length; i++) {
      ours[i] = i % 2 == 0 ? 10 : 20;
    }

    measure(LOWER, costs(false, 10, ours), Duration.ofMillis(250));
    assertThat(calls.size() / 2 - 11).isBetween(30, 70);
  }

  @Test
  void ratio_isTheMedianOfThePairsWithItsSpread() throws Exception {
    double[] ours = {10, 10, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 1000};

    Measured measured = measure(LOWER, costs(false, 10, ours));

    assertThat(measured.ratio()).isEqualTo(1.6);
    assertThat(measured.low()).isCloseTo(1.2, within(1e-9));
    assertThat(measured.high()).isCloseTo(2.0, within(1e-9));
    assertThat(measured.pairs()).isEqualTo(11);
  }

  @Test
  void ratio_whereHigherIsBetter_isThePeersByOurs() throws Exception {
    Measured measured = measure(HIGHER, costs(true, 9, 10));

    assertThat(measured.ratio()).isEqualTo(0.9);
    assertThat(measured.holds()).isTrue();
    assertThat(measured.level()).isEqualTo("floor");
    assertThat(measure(HIGHER, costs(true, 8, 10)).holds()).isFalse();
  }

  @Test
  void level_isTheBestThatIsReached() throws Exception {
    assertThat(measure(LOWER, costs(true, 10, 4)).level()).isEqualTo("stretch");
    assertThat(measure(LOWER, costs(true, 10, 12)).level()).isEqualTo("target");
    assertThat(measure(LOWER, costs(true, 10, 20)).level()).isEqualTo("floor");
    Measured missed = measure(LOWER, costs(true, 10, 20.1));
    assertThat(missed.level()).isEqualTo("none");
    assertThat(missed.holds()).isFalse();
  }

  /** Processes that work for a side come and go while it works. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void processes_areAskedForTimeAndAgainWhileASideWorks() throws Exception {
    CountDownLatch asked = new CountDownLatch(4); // and not only before and after
    Comparison waits =
        new Comparison() {
          @Override
          public double ours() throws Exception {
            asked.await();
            return 10;
          }

          @Override
          public double peer() {
            return 10;
          }

          @Override
          public boolean exact() {
            return true; // no warm-up, in which nothing is asked
          }

          @Override
          public Stream<ProcessHandle> processes() {
            asked.countDown();
            return Stream.empty();
          }
        };

    assertThat(measure(LOWER, waits).ratio()).isEqualTo(1);
  }

  @Test
  void counts_areTakenOnceAndNeverVoid() throws Exception {
    Measured measured = measure(LOWER, costs(true, 10, 10));

    assertThat(calls).containsExactly("ours", "peer");
    assertThat(measured.isVoid()).isFalse();
  }

  @Test
  void foreignLoad_aboveTheLimit_makesAMeasurementVoid() {
    double[] ten = {10, 10, 10};

    assertThat(Measured.of(LOWER, ten, ten, false, true, 0.29).isVoid()).isFalse();
    assertThat(Measured.of(LOWER, ten, ten, false, true, 0.31).isVoid()).isTrue();
  }
}
