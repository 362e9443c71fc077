package dev.reprise.executor.local;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.base.Text;
import dev.reprise.executor.ExecutorFactory.Setting;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much the local executor may use.
 *
 * @param units most units at one time, whatever they claim
 * @param usualUnits most units at one time if each claims one processor
 * @param cpus processors to be claimed
 * @param memoryBytes memory to be claimed
 * @param grace how long a cancelled unit may take to end before it is abandoned
 */
record LocalSettings(int units, int usualUnits, int cpus, long memoryBytes, Duration grace) {
  private static final String PREFIX = "local.";
  private static final String GRACE = "local.grace";
  private static final String MEMORY = "local.memory";
  private static final Set<String> NAMES = Set.of(GRACE, MEMORY);

  /** Units that claim next to nothing still have a thread each. */
  private static final int MOST_UNITS = 1024;

  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m)");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,9})([kmgt]?)");

  LocalSettings {
    checkArgument(units >= 1 && usualUnits >= 1 && cpus >= 1, "there is room for one unit");
    checkArgument(memoryBytes >= 1, "memory must be above 0: %s", memoryBytes);
  }

  /**
   * Reads the settings from options.
   *
   * @param processors of the machine
   * @param heapBytes most that the heap may become
   * @throws IllegalArgumentException if an option of this executor is unknown or bad; names it
   */
  static LocalSettings from(Setting setting, int processors, long heapBytes) {
    checkArgument(
        setting.maxParallel() >= 0,
        "most units at one time must not be negative: %s",
        setting.maxParallel());
    checkNames(setting.options());
    int parallel = setting.maxParallel();
    Map<String, String> options = setting.options();
    return new LocalSettings(
        parallel == 0 ? MOST_UNITS : Math.min(parallel, MOST_UNITS),
        parallel == 0 ? processors : Math.min(parallel, MOST_UNITS),
        // Who asks for more units than there are processors wants them to run, not to wait.
        Math.max(processors, parallel),
        // The rest of the heap is for results on their way, the driver and units that claim
        // nothing.
        options.containsKey(MEMORY)
            ? size(MEMORY, options.get(MEMORY))
            : Math.max(1, heapBytes / 4 * 3),
        options.containsKey(GRACE) ? duration(GRACE, options.get(GRACE)) : Duration.ofSeconds(5));
  }

  private static void checkNames(SortedMap<String, String> options) {
    for (String name : options.tailMap(PREFIX).keySet()) {
      if (!name.startsWith(PREFIX)) {
        return;
      }
      checkArgument(
          NAMES.contains(name),
          "the local executor has no option %s%s; it has %s",
          Text.quote(name),
          Text.hint(name, NAMES),
          String.join(", ", NAMES));
    }
  }

  private static Duration duration(String name, String text) {
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

  private static long size(String name, String text) {
    Matcher matcher = SIZE.matcher(text.strip().toLowerCase(Locale.ROOT));
    checkArgument(
        matcher.matches(), "option %s cannot be %s: write 512m or 4g", name, Text.quote(text));
    int shift =
        switch (matcher.group(2)) {
          case "k" -> 10;
          case "m" -> 20;
          case "g" -> 30;
          case "t" -> 40;
          default -> 0;
        };
    return Long.parseLong(matcher.group(1)) << shift;
  }
}
