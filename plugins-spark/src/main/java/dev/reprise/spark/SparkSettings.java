package dev.reprise.spark;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.base.Text;
import dev.reprise.executor.ExecutorFactory.Setting;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How Spark is used.
 *
 * @param master address of the cluster; null for what Spark's configuration says, else this process
 * @param grace how long a cancelled unit may take to end before it is abandoned
 * @param startTimeout how long Spark may have no executor before it counts as gone
 * @param maxParallel most units at one time; 0 for what Spark has
 */
record SparkSettings(
    @Nullable String master, Duration grace, Duration startTimeout, int maxParallel) {
  private static final String PREFIX = "spark.";
  private static final String MASTER = "spark.master";
  private static final String GRACE = "spark.grace";
  private static final String START_TIMEOUT = "spark.start-timeout";
  private static final Set<String> NAMES = new TreeSet<>(Set.of(MASTER, GRACE, START_TIMEOUT));

  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m)");

  /**
   * Reads the settings from options.
   *
   * @throws IllegalArgumentException if an option of this executor is unknown or bad; names it
   */
  static SparkSettings from(Setting setting) {
    checkArgument(
        setting.maxParallel() >= 0,
        "most units at one time must not be negative: %s",
        setting.maxParallel());
    Map<String, String> options = setting.options();
    for (String name : options.keySet()) {
      checkArgument(
          !name.startsWith(PREFIX) || NAMES.contains(name),
          "the Spark executor has no option %s%s; it has %s",
          Text.quote(name),
          Text.hint(name, NAMES),
          String.join(", ", NAMES));
    }
    return new SparkSettings(
        options.get(MASTER),
        duration(options, GRACE, Duration.ofSeconds(5)),
        duration(options, START_TIMEOUT, Duration.ofMinutes(2)),
        setting.maxParallel());
  }

  private static Duration duration(Map<String, String> options, String name, Duration otherwise) {
    String text = options.get(name);
    if (text == null) {
      return otherwise;
    }
    Matcher matcher = DURATION.matcher(text.strip().toLowerCase(Locale.ROOT));
    checkArgument(
        matcher.matches(), "option %s cannot be %s: write 500ms, 5s or 2m", name, Text.quote(text));
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      default -> Duration.ofMinutes(amount);
    };
  }
}
