package dev.reprise.ray;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.base.Text;
import dev.reprise.executor.ExecutorFactory.Setting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How the Ray executor is set up.
 *
 * @param address of the cluster's head; null if no option names it
 * @param jar the cluster's {@code ray_dist.jar}; null if no option names it
 * @param codeFolder where code for workers lies
 * @param grace how long a cancelled unit may take to end before it is abandoned
 */
record RaySettings(
    @Nullable String address, @Nullable String jar, Path codeFolder, Duration grace) {
  private static final String PREFIX = "ray.";
  private static final String ADDRESS = "ray.address";
  private static final String JAR = "ray.jar";
  private static final String CODE = "ray.code";
  private static final String GRACE = "ray.grace";
  private static final Set<String> NAMES = Set.of(ADDRESS, JAR, CODE, GRACE);

  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m)");

  /**
   * Reads the settings from options.
   *
   * @throws IllegalArgumentException if an option of this executor is unknown or bad; names it
   */
  static RaySettings from(Setting setting) {
    SortedMap<String, String> options = setting.options();
    checkNames(options);
    String code = options.get(CODE);
    return new RaySettings(
        options.get(ADDRESS),
        options.get(JAR),
        (code == null ? setting.storeFolder().resolve("code") : Path.of(code)).toAbsolutePath(),
        grace(options));
  }

  private static void checkNames(SortedMap<String, String> options) {
    for (String name : options.tailMap(PREFIX).keySet()) {
      if (!name.startsWith(PREFIX)) {
        return;
      }
      checkArgument(
          NAMES.contains(name),
          "the Ray executor has no option %s%s",
          Text.quote(name),
          Text.hint(name, NAMES));
    }
  }

  private static Duration grace(Map<String, String> options) {
    String text = options.getOrDefault(GRACE, "5s");
    Matcher matcher = DURATION.matcher(text.strip().toLowerCase(Locale.ROOT));
    checkArgument(
        matcher.matches(),
        "option %s cannot be %s: write 500ms, 5s or 2m",
        GRACE,
        Text.quote(text));
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      default -> Duration.ofMinutes(amount);
    };
  }
}
