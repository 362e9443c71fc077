package dev.reprise.run;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Tells why results are not kept: of each reason the first result at once, and at the end how many
 * more there were. A full disk has one reason for a hundred thousand units.
 */
final class Unkept {
  private static final int MOST_REASONS = 20;
  private static final String OTHER = "for other reasons, which the journal has by unit";

  private final Map<String, Integer> more = new LinkedHashMap<>();
  private final Consumer<String> warning;

  Unkept(Consumer<String> warning) {
    this.warning = warning;
  }

  /** The result of the unit is not kept. */
  void add(String unit, String why) {
    Integer before = more.get(why);
    if (before == null && more.size() < MOST_REASONS) {
      more.put(why, 0);
      warning.accept("the result of '%s' is not kept: %s".formatted(unit, why));
    } else {
      more.merge(before == null ? OTHER : why, 1, Integer::sum);
    }
  }

  /** Tells of those that were not told one by one. */
  void tellRest() {
    more.forEach(
        (why, count) -> {
          if (count > 0) {
            warning.accept(
                "%d more %s not kept: %s"
                    .formatted(count, count == 1 ? "result is" : "results are", why));
          }
        });
    more.clear();
  }
}
