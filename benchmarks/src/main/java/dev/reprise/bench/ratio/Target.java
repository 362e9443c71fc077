package dev.reprise.bench.ratio;

/**
 * What a ratio is held to.
 *
 * @param name by which it is selected
 * @param what is measured, and against what
 * @param better which way is good
 * @param floor must hold always
 * @param target the goal of a release
 * @param stretch worth publishing
 */
public record Target(
    String name, String what, Better better, double floor, double target, double stretch) {
  /** Which way is good. */
  public enum Better {
    /** The ratio is ours by the peer's. */
    LOWER,
    /** The ratio is the peer's by ours. */
    HIGHER
  }

  /** A ratio of ours by the peer's. */
  public static Target lower(
      String name, String what, double floor, double target, double stretch) {
    return new Target(name, what, Better.LOWER, floor, target, stretch);
  }

  /** A ratio of the peer's by ours. */
  public static Target higher(
      String name, String what, double floor, double target, double stretch) {
    return new Target(name, what, Better.HIGHER, floor, target, stretch);
  }

  /** The ratio of two costs. */
  double ratio(double ours, double peer) {
    return better == Better.LOWER ? ours / peer : peer / ours;
  }

  /** Whether a ratio is at least as good as a limit. */
  boolean reaches(double ratio, double limit) {
    return better == Better.LOWER ? ratio <= limit : ratio >= limit;
  }
}
