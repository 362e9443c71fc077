package dev.reprise.spark;

import dev.reprise.cache.base.Ticker;
import dev.reprise.executor.WorkChunk.UnitWork;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The groups that are to go out, oldest first, and how they are cut into tasks. The dispatcher's
 * thread owns it.
 */
final class WaitingGroups {
  private final OpenAttempts open;
  private final Grouping grouping;
  private final Ticker ticker;
  private final Deque<Group> waiting = new ArrayDeque<>();
  private int units;
  private long since;

  WaitingGroups(OpenAttempts open, Grouping grouping, Ticker ticker) {
    this.open = open;
    this.grouping = grouping;
    this.ticker = ticker;
  }

  void add(Group group) {
    if (waiting.isEmpty()) {
      since = ticker.nanos();
    }
    waiting.add(group);
    units += group.units().size();
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** How long there has been one, in nanoseconds. */
  long nanos() {
    return ticker.nanos() - since;
  }

  /** Number of their units. */
  int units() {
    return units;
  }

  /**
   * Takes groups out, each cut to what is one task.
   *
   * @param most so many groups; the rest waits on
   * @param slots how many tasks can run at one time
   */
  List<Group> take(int most, int slots) {
    List<Group> taken = new ArrayList<>();
    int all = units;
    while (!waiting.isEmpty() && taken.size() < most) {
      Group next = waiting.removeFirst();
      units -= next.units().size();
      cut(next, size(next, all, slots), most, taken);
    }
    return taken;
  }

  private int size(Group group, int all, int slots) {
    // What is lost with another unit would have to happen again.
    boolean alone = group.again || group.chunk.code().effect();
    return alone ? 1 : grouping.size(group.chunk.step(), all, slots);
  }

  /** Units that were answered meanwhile are left out. */
  private void cut(Group group, int size, int most, List<Group> to) {
    List<UnitWork> left = open.of(group);
    int from = 0;
    for (; from < left.size() && to.size() < most; from += size) {
      int end = Math.min(left.size(), from + size);
      to.add(open.part(group, left.subList(from, end), group.again));
    }
    if (from < left.size()) {
      Group rest = open.part(group, left.subList(from, left.size()), group.again);
      waiting.addFirst(rest);
      units += rest.units().size();
    }
  }

  /** Drops groups all of whose units are answered. */
  void dropAnswered() {
    waiting.removeIf(
        group -> {
          boolean answered = open.of(group).isEmpty();
          units -= answered ? group.units().size() : 0;
          return answered;
        });
  }

  void clear() {
    waiting.clear();
    units = 0;
  }
}
