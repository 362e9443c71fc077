package dev.reprise.journal;

import static dev.reprise.cache.base.Checks.checkArgument;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What whole journals that a driver wrote say of steps that were found in the cache, so that later
 * ones tell differences alone. May be used by several runs at once.
 *
 * @see <a href="../../../../../../docs/adr/0013-a-driver-that-lives-on.md">ADR-0013, a driver that
 *     lives on</a>
 */
public final class JournalBases {
  private static final long USUAL_BYTES = 32L << 20;
  private static final int USUAL_LEAST = 256;

  private final long mostBytes;
  private final int least;
  private final LinkedHashMap<StepOf, Base> bases = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /** A step, by its name and that of its pipeline. */
  record StepOf(String pipeline, String step) {}

  /**
   * What a journal says of a step.
   *
   * @param journal its file, or a link to that
   * @param at where the step's frame begins in the file, in bytes
   * @param block what it says; does not change
   * @param weight of the block, in bytes
   */
  record Base(Path journal, long at, CachedBlock block, long weight) {}

  /**
   * @param mostBytes of the heap that it may take, roughly; what was not asked for the longest goes
   * @param least how many cached units a step has at the least of which differences are told
   */
  public JournalBases(long mostBytes, int least) {
    checkArgument(mostBytes >= 0, "at least 0 bytes can be kept, not %s", mostBytes);
    this.mostBytes = mostBytes;
    this.least = least;
  }

  /** At most 32 MiB, of steps with at least 256 cached units. */
  public static JournalBases usual() {
    return new JournalBases(USUAL_BYTES, USUAL_LEAST);
  }

  /** Has none, and keeps none. */
  public static JournalBases none() {
    return new JournalBases(0, Integer.MAX_VALUE);
  }

  int least() {
    return least;
  }

  long mostBytes() {
    return mostBytes;
  }

  synchronized @Nullable Base find(StepOf step) {
    return bases.get(step);
  }

  /** Keeps what a journal that is whole and on its disk says of a step. */
  synchronized void put(StepOf step, Base base) {
    Base before = bases.put(step, base);
    bytes += base.weight - (before == null ? 0 : before.weight);
    Iterator<Base> eldest = bases.values().iterator();
    while (bytes > mostBytes) {
      bytes -= eldest.next().weight;
      eldest.remove();
    }
  }
}
