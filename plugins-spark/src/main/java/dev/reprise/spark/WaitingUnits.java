package dev.reprise.spark;

import dev.reprise.cache.base.Ticker;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The units that are to go out, oldest first, and how they are put into tasks. The dispatcher's
 * thread owns it.
 */
final class WaitingUnits {
  private final Grouping grouping;
  private final Ticker ticker;
  private final Deque<OpenUnit> waiting = new ArrayDeque<>();
  private long since;

  WaitingUnits(Grouping grouping, Ticker ticker) {
    this.grouping = grouping;
    this.ticker = ticker;
  }

  void add(OpenUnit unit) {
    if (waiting.isEmpty()) {
      since = ticker.nanos();
    }
    unit.group = null;
    waiting.add(unit);
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** How long there has been one, in nanoseconds. */
  long nanos() {
    return ticker.nanos() - since;
  }

  int size() {
    return waiting.size();
  }

  /**
   * Takes units out, each group of them for one task.
   *
   * @param most so many groups; the rest waits on
   * @param slots how many tasks can run at one time
   */
  List<Group> take(int most, int slots) {
    int all = waiting.size();
    double share = grouping.share(waiting, slots);
    List<Group> taken = new ArrayList<>();
    Map<Claim, Group> filling = new HashMap<>();
    while (!waiting.isEmpty()) {
      OpenUnit next = waiting.getFirst();
      double nanos = grouping.nanos(next);
      boolean alone = nanos >= share || grouping.isAlone(next, all, slots);
      @Nullable Group group = alone ? null : filling.get(next.claim);
      if (group == null || group.expectedNanos + nanos > share) {
        if (taken.size() == most) {
          break;
        }
        group = new Group();
        taken.add(group);
        if (!alone) {
          filling.put(next.claim, group);
        }
      }
      group.add(next);
      group.expectedNanos += nanos;
      waiting.removeFirst();
    }
    return taken;
  }

  /** Drops units that are answered. */
  void dropAnswered() {
    waiting.removeIf(unit -> unit.answered);
  }

  void clear() {
    waiting.clear();
  }
}
