package dev.reprise.run;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Tells of units with the reason: of each reason the first unit at once, and at the end how many
 * more there were. A full disk has one reason for a hundred thousand units.
 */
final class OncePerReason {
  private static final int MOST_REASONS = 20;
  private static final String OTHER = "for other reasons, which the journal has by unit";

  private final Map<String, Integer> more = new LinkedHashMap<>();
  private final String one;
  private final String many;
  private final Consumer<String> warning;

  /**
   * @param one what is told of the first, with places for the unit and the reason
   * @param many what is told of more, with places for their number and the reason
   */
  OncePerReason(String one, String many, Consumer<String> warning) {
    this.one = one;
    this.many = many;
    this.warning = warning;
  }

  /** Something is to be told of a unit. */
  void add(String unit, String why) {
    Integer before = more.get(why);
    if (before == null && more.size() < MOST_REASONS) {
      more.put(why, 0);
      warning.accept(one.formatted(unit, why));
    } else {
      more.merge(before == null ? OTHER : why, 1, Integer::sum);
    }
  }

  /** Tells of those that were not told one by one. */
  void tellRest() {
    more.forEach(
        (why, count) -> {
          if (count > 0) {
            warning.accept(many.formatted(count, why));
          }
        });
    more.clear();
  }
}
