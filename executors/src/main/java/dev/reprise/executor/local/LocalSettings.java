package dev.reprise.executor.local;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.executor.EngineOptions;
import dev.reprise.executor.ExecutorFactory.Setting;
import java.time.Duration;
import java.util.Set;

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
    EngineOptions options = EngineOptions.of(setting.options(), "local", PREFIX, NAMES);
    int parallel = Math.min(setting.maxParallel(), MOST_UNITS);
    return new LocalSettings(
        parallel == 0 ? MOST_UNITS : parallel,
        parallel == 0 ? processors : parallel,
        // Who asks for more units than there are processors wants them to run, not to wait.
        Math.max(processors, parallel),
        // The rest of the heap is for results on their way, the driver and units that claim
        // nothing.
        options.size(MEMORY, Math.max(1, heapBytes / 4 * 3)),
        options.duration(GRACE, Duration.ofSeconds(5)));
  }
}
