package dev.reprise.spark;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.executor.EngineOptions;
import dev.reprise.executor.ExecutorFactory.Setting;
import java.time.Duration;
import java.util.Set;
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
  private static final Set<String> NAMES = Set.of(MASTER, GRACE, START_TIMEOUT);

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
    EngineOptions options = EngineOptions.of(setting.options(), "Spark", PREFIX, NAMES);
    return new SparkSettings(
        options.text(MASTER),
        options.duration(GRACE, Duration.ofSeconds(5)),
        options.duration(START_TIMEOUT, Duration.ofMinutes(2)),
        setting.maxParallel());
  }
}
