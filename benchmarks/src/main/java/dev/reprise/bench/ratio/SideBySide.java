package dev.reprise.bench.ratio;

import java.util.function.Consumer;

/**
 * Measures the two sides of a comparison in turns, A B A B …, so that whatever else the machine
 * does touches both.
 *
 * <p>Both are warmed up until three of each in a row agree within 5 %, or there were {@value
 * #LONGEST_WARM_UP} of them.
 */
public final class SideBySide {
  private static final int LONGEST_WARM_UP = 12;
  private static final double AGREE = 0.05;

  private final int pairs;
  private final int warmUp;
  private final Consumer<String> progress;

  /**
   * @param quick a warm-up and three pairs, to see that it works: the ratio is a hint
   * @param progress told what is being done
   */
  public SideBySide(boolean quick, Consumer<String> progress) {
    this.pairs = quick ? 3 : 11;
    this.warmUp = quick ? 1 : LONGEST_WARM_UP;
    this.progress = progress;
  }

  /** Measures, and closes the comparison. */
  public Measured measure(Target target, Comparison comparison) throws Exception {
    try (comparison) {
      boolean settled = comparison.exact() || warmUp(target, comparison);
      int count = comparison.exact() ? 1 : pairs;
      double[] ours = new double[count];
      double[] peers = new double[count];
      ForeignLoad load = new ForeignLoad(comparison::processes);
      for (int i = 0; i < count; i++) {
        progress.accept("%s: pair %d of %d".formatted(target.name(), i + 1, count));
        ours[i] = comparison.ours();
        peers[i] = comparison.peer();
      }
      return Measured.of(target, ours, peers, comparison.exact(), settled, load.cores())
          .withNotes(comparison.notes());
    }
  }

  private boolean warmUp(Target target, Comparison comparison) throws Exception {
    LastThree ours = new LastThree();
    LastThree peers = new LastThree();
    for (int i = 0; i < warmUp; i++) {
      progress.accept("%s: warm-up %d".formatted(target.name(), i + 1));
      ours.add(comparison.ours());
      peers.add(comparison.peer());
      if (ours.agree() && peers.agree()) {
        return true;
      }
    }
    return false;
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
