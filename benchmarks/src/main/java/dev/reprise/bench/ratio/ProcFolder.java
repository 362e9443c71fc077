package dev.reprise.bench.ratio;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * As Linux counts it, to hundredths of a second; of this process and of its helpers. Elsewhere
 * nothing is known: all is zero, and there are no processes. Not safe for threads.
 */
final class ProcFolder implements ProcessorTime {
  private static final Path PROC = Path.of("/proc");
  private static final Path STAT = PROC.resolve("stat");
  private static final double TICKS_PER_SECOND = 100; // USER_HZ, the same on every Linux

  // Columns of /proc/stat.
  private static final int IDLE = 4;
  private static final int WAITING_FOR_DISKS = 5;
  private static final int FIRST_OF_GUESTS = 9; // counted as user time already

  // Columns of /proc/NUMBER/stat, from 0 behind the name in brackets.
  private static final int PARENT = 1;
  private static final int USER = 11;
  private static final int SYSTEM = 12;
  private static final int USER_OF_CHILDREN = 13;
  private static final int SYSTEM_OF_CHILDREN = 14;
  private static final int STARTED = 19;

  private final Supplier<Stream<ProcessHandle>> helpers;
  private final Set<ProcessHandle> known = new HashSet<>(Set.of(ProcessHandle.current()));

  /**
   * @param helpers other processes that run now and are not foreign; who was one stays one, also if
   *     the process that began it ends and it is not found below that any more
   */
  ProcFolder(Supplier<Stream<ProcessHandle>> helpers) {
    this.helpers = helpers;
  }

  @Override
  public double busySeconds() {
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

  @Override
  public Collection<ProcessTimes> processes() {
    if (!Files.exists(STAT)) {
      return List.of();
    }
    helpers.get().forEach(known::add);
    List<ProcessTimes> all = new ArrayList<>();
    for (Iterator<ProcessHandle> each = known.iterator(); each.hasNext(); ) {
      ProcessHandle process = each.next();
      Optional<ProcessTimes> times = timesOf(process.pid());
      // Asked behind it: if it still runs, what was read is not of a later one of the same number.
      if (times.isPresent() && process.isAlive()) {
        all.add(times.get());
      } else {
        each.remove();
      }
    }
    return all;
  }

  private static Optional<ProcessTimes> timesOf(long number) {
    String line;
    try {
      line =
          Files.readString(
              PROC.resolve(number + "/stat"), ISO_8859_1); // number (name) state parent …
    } catch (IOException e) {
      return Optional.empty(); // it has ended
    }
    String[] columns = line.substring(line.lastIndexOf(')') + 2).trim().split(" ", -1);
    return Optional.of(
        new ProcessTimes(
            new ProcessTimes.Id(number, Long.parseLong(columns[STARTED])),
            Long.parseLong(columns[PARENT]),
            seconds(columns, USER, SYSTEM),
            seconds(columns, USER_OF_CHILDREN, SYSTEM_OF_CHILDREN)));
  }

  private static double seconds(String[] columns, int user, int system) {
    return (Long.parseLong(columns[user]) + Long.parseLong(columns[system])) / TICKS_PER_SECOND;
  }
}
