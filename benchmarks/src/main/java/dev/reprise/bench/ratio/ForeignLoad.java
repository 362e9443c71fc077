package dev.reprise.bench.ratio;

import dev.reprise.cache.base.Ticker;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * How busy other processes keep the machine while something is measured: the processors' busy time
 * as Linux counts it, less that of this process, of its children that have ended and of processes
 * that are known to work for it. Elsewhere nothing is known and it is zero.
 */
final class ForeignLoad {
  private static final Path STAT = Path.of("/proc/stat");
  private static final double TICKS_PER_SECOND = 100; // USER_HZ, the same on every Linux
  private static final Path SELF = Path.of("/proc/self/stat");
  private static final int USER_OF_CHILDREN = 13; // counted from 0 behind the name in brackets
  private static final int SYSTEM_OF_CHILDREN = 14;
  private static final int IDLE = 4;
  private static final int WAITING_FOR_DISKS = 5;
  private static final int FIRST_OF_GUESTS = 9; // counted as user time already

  private final Supplier<Stream<ProcessHandle>> helpers;
  private final long begun = Ticker.system().nanos();
  private final double busyBefore = busySeconds();
  private final double ownBefore;

  /**
   * @param helpers other processes that run now and are not foreign
   */
  ForeignLoad(Supplier<Stream<ProcessHandle>> helpers) {
    this.helpers = helpers;
    ownBefore = ownSeconds() + helpersSeconds();
  }

  /** Cores that others kept busy since this was made, on average. */
  double cores() {
    double seconds = (Ticker.system().nanos() - begun) / 1e9;
    double own = ownSeconds() + helpersSeconds() - ownBefore;
    double foreign = busySeconds() - busyBefore - own;
    return seconds <= 0 ? 0 : Math.max(0, foreign / seconds);
  }

  /** What one used that has ended meanwhile is with the process that began it. */
  private double helpersSeconds() {
    return helpers
        .get()
        .mapToDouble(
            helper ->
                helper.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9
                    + childrensSeconds(Path.of("/proc", "" + helper.pid(), "stat")))
        .sum();
  }

  private static double busySeconds() {
    List<String> lines;
    try {
      lines = Files.readAllLines(STAT);
    } catch (IOException e) {
      return 0;
    }
    String[] columns = lines.get(0).trim().split(" +", -1); // cpu user nice system idle iowait …
    double ticks = 0;
    for (int i = 1; i < Math.min(columns.length, FIRST_OF_GUESTS); i++) {
      if (i != IDLE && i != WAITING_FOR_DISKS) {
        ticks += Long.parseLong(columns[i]);
      }
    }
    return ticks / TICKS_PER_SECOND;
  }

  /** Of this process and its children that have ended. */
  static double ownSeconds() {
    if (!Files.exists(STAT)) {
      return 0;
    }
    double own =
        ManagementFactory.getOperatingSystemMXBean()
                instanceof com.sun.management.OperatingSystemMXBean system
            ? system.getProcessCpuTime() / 1e9
            : 0;
    return own + childrensSeconds(SELF);
  }

  /** Of the children of a process that have ended. */
  private static double childrensSeconds(Path stat) {
    try {
      String line = Files.readString(stat); // pid (name) state ppid …
      String[] columns = line.substring(line.lastIndexOf(')') + 2).trim().split(" ", -1);
      return (Long.parseLong(columns[USER_OF_CHILDREN])
              + Long.parseLong(columns[SYSTEM_OF_CHILDREN]))
          / TICKS_PER_SECOND;
    } catch (IOException e) {
      return 0;
    }
  }
}
