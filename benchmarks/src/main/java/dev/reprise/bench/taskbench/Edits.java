package dev.reprise.bench.taskbench;

/**
 * Changes of the points of a graph, by a seed. Round {@code r} gives some of the points another
 * version; the rest keep the one that they had.
 *
 * @param seed of the choice
 * @param perMille points of a thousand that each round changes, in the mean; -1 for one point
 * @param rounds how many rounds there were; 0 for none
 */
public record Edits(long seed, int perMille, int rounds) {
  /** No edits. */
  public static final Edits NONE = new Edits(0, 0, 0);

  /** One point changes in each round. */
  public static final int ONE_POINT = -1;

  /** The same edits with the next round. */
  public Edits next() {
    return new Edits(seed, perMille, rounds + 1);
  }

  /**
   * The version of a point: 0 at first; a round that changes it adds two, or now and then one to an
   * even version, which makes a difference that does not matter.
   */
  int version(int point) {
    int version = 0;
    for (int round = 1; round <= rounds; round++) {
      if (perMille == ONE_POINT) {
        version += point == 0 ? 2 : 0;
      } else if (chance(point, round) % 1000 < perMille) {
        version += version % 2 == 0 && chance(point, -round) % 4 == 0 ? 1 : 2;
      }
    }
    return version;
  }

  private int chance(int point, int round) {
    long mixed = (seed * 31 + point) * 0x9E3779B97F4A7C15L + round * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 31)) * 0x94D049BB133111EBL;
    return (int) (mixed >>> 33);
  }
}
