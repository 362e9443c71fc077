package dev.reprise.bench.ratio;

import dev.reprise.cache.base.Ticker;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Measures the two sides of a comparison in turns, A B A B …, so that whatever else the machine
 * does touches both.
 *
 * <p>Both are warmed up until three of each in a row agree within 5 %. They are given up on after
 * half a minute, if there were twelve of each by then: short ones are many, since what they wait
 * for is the compiler of the JVM, which takes its time and not a number of rounds.
 */
public final class SideBySide {
  private static final int WARM_UP_ROUNDS = 12;
  private static final long WARM_UP_NANOS = Duration.ofSeconds(30).toNanos();
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final double AGREE = 0.05;

  /** How much of what an ended helper used nobody knows: half of that, on average. */
  private static final Duration SAMPLES = Duration.ofMillis(200);

  private final boolean quick;
  private final Ticker ticker;
  private final Consumer<String> progress;

  /**
   * @param quick a warm-up and three pairs, to see that it works: the ratio is a hint
   * @param progress told what is being done
   */
  public SideBySide(boolean quick, Ticker ticker, Consumer<String> progress) {
    this.quick = quick;
    this.ticker = ticker;
    this.progress = progress;
  }

  /** Measures, and closes the comparison. */
  public Measured measure(Target target, Comparison comparison) throws Exception {
    try (comparison) {
      boolean settled = comparison.exact() || warmUp(target, comparison);
      int count = comparison.exact() ? 1 : quick ? 3 : 11;
      double[] ours = new double[count];
      double[] peers = new double[count];
      ForeignLoad load = new ForeignLoad(Ticker.system(), new ProcFolder(comparison::processes));
      try (Sampler sampler = new Sampler(SAMPLES, load::sample)) {
        for (int i = 0; i < count; i++) {
          progress.accept("%s: pair %d of %d".formatted(target.name(), i + 1, count));
          ours[i] = comparison.ours();
          peers[i] = comparison.peer();
        }
      }
      return Measured.of(target, ours, peers, comparison.exact(), settled, load.cores())
          .withNotes(comparison.notes());
    }
  }

  private boolean warmUp(Target target, Comparison comparison) throws Exception {
    LastThree ours = new LastThree();
    LastThree peers = new LastThree();
    long begun = ticker.nanos();
    long told = begun - SECOND;
    for (int i = 0; i == 0 || goesOn(i, ticker.nanos() - begun); i++) {
      if (ticker.nanos() - told >= SECOND) {
        told = ticker.nanos();
        progress.accept("%s: warm-up %d".formatted(target.name(), i + 1));
      }
      ours.add(comparison.ours());
      peers.add(comparison.peer());
      if (ours.agree() && peers.agree()) {
        return true;
      }
    }
    return false;
  }

  private boolean goesOn(int rounds, long nanos) {
    return !quick && (rounds < WARM_UP_ROUNDS || nanos < WARM_UP_NANOS);
  }

  private static final class LastThree {
    private double first = Double.NaN;
    private double second = Double.NaN;
    private double third = Double.NaN;

    void add(double next) {
      first = second;
      second = third;
      third = next;
    }

    boolean agree() {
      double most = Math.max(first, Math.max(second, third));
      double least = Math.min(first, Math.min(second, third));
      return most - least <= AGREE * most; // false while one of them is missing
    }
  }
}
