package dev.reprise.cli.cache;

import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheIndex.EntryVisitor;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.CommandException;
import dev.reprise.cli.base.ExitCode;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Those entries of an index that were asked for: the newest of them, and figures of all. Holds no
 * more than it was told to, since an index may have millions.
 */
final class Selection implements EntryVisitor {
  private final Predicate<EntryRow> wanted;
  private final int most;
  private final PriorityQueue<EntryRow> newest =
      new PriorityQueue<>(EntryRow.NEWEST_FIRST.reversed());
  private long count;
  private long bytes;
  private long nanos;
  private long damaged;

  /**
   * @param most entries to hold
   */
  Selection(Predicate<EntryRow> wanted, int most) {
    this.wanted = wanted;
    this.most = most;
  }

  /** Goes through all entries of the scope. */
  void takeFrom(CacheIndex index) throws CommandException {
    try {
      index.forEach(this);
    } catch (CacheUnavailableException e) {
      throw new CommandException(ExitCode.CACHE_REQUIRED, String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public void entry(CacheEntry entry) {
    EntryRow row = EntryRow.of(entry);
    if (!wanted.test(row)) {
      return;
    }
    count++;
    bytes += row.bytes();
    nanos += row.origin().durationNanos();
    newest.add(row);
    if (newest.size() > most) {
      newest.poll();
    }
  }

  @Override
  public void damaged(@Nullable CacheKey key, String why) {
    damaged++;
  }

  /** The newest entries, newest first. */
  List<EntryRow> newest() {
    return newest.stream().sorted(EntryRow.NEWEST_FIRST).toList();
  }

  /** Number of entries asked for, held or not. */
  long count() {
    return count;
  }

  /** Bytes of their results. */
  long bytes() {
    return bytes;
  }

  /** Executor time that they took. */
  long nanos() {
    return nanos;
  }

  /** Number of entries, asked for or not, that cannot be read. */
  long damaged() {
    return damaged;
  }

  /** Says that there are entries that cannot be read. */
  void warnOfDamage(CommandContext context) {
    warnOfDamage(context, damaged);
  }

  /** Says that there are so many entries that cannot be read, if there are any. */
  static void warnOfDamage(CommandContext context, long damaged) {
    if (damaged > 0) {
      context
          .err()
          .printf(
              "warning: %s damaged %s; '%s' names them%n",
              damaged, damaged == 1 ? "entry is" : "entries are", context.command("cache verify"));
    }
  }
}
