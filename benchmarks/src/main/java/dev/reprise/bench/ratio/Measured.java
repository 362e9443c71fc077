package dev.reprise.bench.ratio;

import java.util.List;

/**
 * What a comparison came to.
 *
 * @param ours the median of our costs, in nanoseconds, bytes or a count
 * @param peer the median of the peer's
 * @param ratio the median of the ratios of the pairs
 * @param low a tenth of the pairs have a lower ratio
 * @param high a tenth have a higher one
 * @param pairs how many there were
 * @param foreignLoad cores that other processes kept busy meanwhile, on average
 * @param settled whether the warm-up ended because the costs stayed as they were
 * @param notes what else was seen, for people; a line each
 */
public record Measured(
    Target target,
    double ours,
    double peer,
    double ratio,
    double low,
    double high,
    int pairs,
    double foreignLoad,
    boolean settled,
    List<String> notes) {
  public Measured {
    notes = List.copyOf(notes);
  }

  /** With more foreign load than this a measurement is void. */
  public static final double MOST_FOREIGN_LOAD = 0.3;

  static Measured of(
      Target target,
      double[] ours,
      double[] peers,
      boolean exact,
      boolean settled,
      double foreignLoad) {
    double[] ratios = new double[ours.length];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = target.ratio(ours[i], peers[i]);
    }
    return new Measured(
        target,
        quantile(ours, 0.5),
        quantile(peers, 0.5),
        quantile(ratios, 0.5),
        quantile(ratios, 0.1),
        quantile(ratios, 0.9),
        ratios.length,
        exact ? 0 : foreignLoad,
        settled,
        List.of());
  }

  Measured withNotes(List<String> seen) {
    return new Measured(target, ours, peer, ratio, low, high, pairs, foreignLoad, settled, seen);
  }

  /** Between the two nearest values, by how near they are. */
  private static double quantile(double[] values, double part) {
    double[] sorted = values.clone();
    java.util.Arrays.sort(sorted);
    double place = part * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }

  /** Whether the floor is reached. */
  public boolean holds() {
    return target.reaches(ratio, target.floor());
  }

  /** Whether others used the machine too much for the ratio to be relied on. */
  public boolean isVoid() {
    return foreignLoad > MOST_FOREIGN_LOAD;
  }

  /** The best of the three levels that the ratio reaches; "none" if it misses its floor. */
  public String level() {
    List<String> names = List.of("stretch", "target", "floor");
    List<Double> limits = List.of(target.stretch(), target.target(), target.floor());
    for (int i = 0; i < names.size(); i++) {
      if (target.reaches(ratio, limits.get(i))) {
        return names.get(i);
      }
    }
    return "none";
  }
}
