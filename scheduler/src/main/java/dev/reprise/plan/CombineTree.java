package dev.reprise.plan;

import static dev.reprise.cache.base.Checks.checkArgument;

import java.util.ArrayList;
import java.util.List;

/**
 * The shape of a combine: levels of units, each of which takes up to {@code fanIn} of the level
 * below in order. Units are numbered level by level from the leaves up; the last one is the root.
 *
 * <p>Without leaves there is one unit, which takes nothing.
 */
final class CombineTree {
  private final int leaves;
  private final int fanIn;
  private final int[] levelFirst;
  private final int units;

  CombineTree(int leaves, int fanIn) {
    checkArgument(fanIn >= 2, "a combine takes 2 or more at a time, not %s", fanIn);
    this.leaves = leaves;
    this.fanIn = fanIn;
    List<Integer> firsts = new ArrayList<>();
    int total = 0;
    int width = leaves;
    do {
      width = width <= fanIn ? 1 : (width - 1) / fanIn + 1;
      firsts.add(total);
      total += width;
    } while (width > 1);
    this.levelFirst = firsts.stream().mapToInt(Integer::intValue).toArray();
    this.units = total;
  }

  /** Number of units. */
  int units() {
    return units;
  }

  /** Whether the unit takes leaves, as against other units of the tree. */
  boolean takesLeaves(int unit) {
    return level(unit) == 0;
  }

  /** Place of the first that the unit takes: of a leaf, or of another unit of the tree. */
  int firstChild(int unit) {
    int level = level(unit);
    int child = (unit - levelFirst[level]) * fanIn;
    return level == 0 ? child : levelFirst[level - 1] + child;
  }

  /** How many the unit takes. */
  int children(int unit) {
    int level = level(unit);
    int below = level == 0 ? leaves : width(level - 1);
    return Math.min(fanIn, below - (unit - levelFirst[level]) * fanIn);
  }

  /** The unit that takes this leaf. */
  int parentOfLeaf(int leaf) {
    return leaf / fanIn;
  }

  /** The unit that takes this unit, or -1 for the root. */
  int parent(int unit) {
    int level = level(unit);
    return level == levelFirst.length - 1
        ? -1
        : levelFirst[level + 1] + (unit - levelFirst[level]) / fanIn;
  }

  /**
   * A stable name: the places of the leaves that there are, or may be, below the unit, and its
   * level if it is not the first. More leaves do not rename a unit.
   */
  String label(int unit) {
    int level = level(unit);
    long span = 1;
    for (int i = 0; i <= level; i++) {
      span *= fanIn;
    }
    long from = (unit - levelFirst[level]) * span;
    String range = from + "-" + (from + span - 1);
    return level == 0 ? range : "level" + (level + 1) + ":" + range;
  }

  private int level(int unit) {
    int level = levelFirst.length - 1;
    while (levelFirst[level] > unit) {
      level--;
    }
    return level;
  }

  private int width(int level) {
    int end = level == levelFirst.length - 1 ? units : levelFirst[level + 1];
    return end - levelFirst[level];
  }
}
