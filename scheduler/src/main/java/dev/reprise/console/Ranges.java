package dev.reprise.console;

import dev.reprise.cache.base.Text;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntFunction;

/** Partitions in few words: {@code month=2001-01 … month=2001-06, month=2001-09}. */
public final class Ranges {
  private static final int LONGEST_LABEL = 60;
  private static final int MOST_RANGES = 4;

  private Ranges() {}

  /**
   * The labels of some of a step's partitions, neighbours put together.
   *
   * @param label of a partition
   * @return empty if the only label is empty
   */
  public static String of(BitSet partitions, IntFunction<String> label) {
    List<String> ranges = new ArrayList<>();
    int told = 0;
    int from = partitions.nextSetBit(0);
    while (from >= 0 && ranges.size() < MOST_RANGES) {
      int to = partitions.nextClearBit(from) - 1;
      ranges.add(range(from, to, label));
      told += to - from + 1;
      from = partitions.nextSetBit(to + 1);
    }
    int left = partitions.cardinality() - told;
    if (left > 0) {
      ranges.add("and " + Figures.count(left) + " more");
    }
    return String.join(", ", ranges);
  }

  private static String range(int from, int to, IntFunction<String> label) {
    String first = safe(label.apply(from));
    if (from == to) {
      return first;
    }
    return first + (to == from + 1 ? ", " : " … ") + safe(label.apply(to));
  }

  /** A label as it may be printed. */
  public static String safe(String label) {
    return Text.safe(label, LONGEST_LABEL);
  }
}
