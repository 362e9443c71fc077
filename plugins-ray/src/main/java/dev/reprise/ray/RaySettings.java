package dev.reprise.ray;

import dev.reprise.executor.EngineOptions;
import dev.reprise.executor.ExecutorFactory.Setting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the Ray executor is set up.
 *
 * @param address of the cluster's head; null if no option names it
 * @param jar the cluster's {@code ray_dist.jar}; null if no option names it
 * @param codeFolder where code for workers lies
 * @param grace how long a cancelled unit may take to end before it is abandoned
 * @param chunk most units in one task
 * @param scaleUp how long the cluster may take to start a node that units want; zero for one that
 *     does not
 */
record RaySettings(
    @Nullable String address,
    @Nullable String jar,
    Path codeFolder,
    Duration grace,
    int chunk,
    Duration scaleUp) {
  private static final String PREFIX = "ray.";
  private static final String ADDRESS = "ray.address";
  private static final String JAR = "ray.jar";
  private static final String CODE = "ray.code";
  private static final String GRACE = "ray.grace";
  private static final String CHUNK = "ray.chunk";
  private static final String SCALE_UP = "ray.scale-up";
  private static final Set<String> NAMES = Set.of(ADDRESS, JAR, CODE, GRACE, CHUNK, SCALE_UP);

  /**
   * Reads the settings from options.
   *
   * @throws IllegalArgumentException if an option of this executor is unknown or bad; names it
   */
  static RaySettings from(Setting setting) {
    EngineOptions options = EngineOptions.of(setting.options(), "Ray", PREFIX, NAMES);
    String code = options.text(CODE);
    return new RaySettings(
        options.text(ADDRESS),
        options.text(JAR),
        (code == null ? setting.storeFolder().resolve("code") : Path.of(code)).toAbsolutePath(),
        options.duration(GRACE, Duration.ofSeconds(5)),
        options.number(CHUNK, StepPace.MOST_UNITS),
        options.duration(SCALE_UP, Duration.ZERO));
  }
}
