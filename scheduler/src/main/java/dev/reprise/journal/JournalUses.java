package dev.reprise.journal;

import dev.reprise.cache.upkeep.Uses;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * When results were used, as the journals of a home's runs tell. Reads the newest first, and none
 * that is so old that it cannot matter.
 */
public final class JournalUses implements Uses {
  private final RunHistory history;
  private final Instant from;
  private final Own own;
  private final BooleanSupplier goOn;

  /**
   * Runs of which all must be known that they used.
   *
   * @param runs their ids
   * @param since the earliest moment that a use of theirs counts for, whatever time it bears: a
   *     clock may have been set back
   * @param goOn whether to read on; if not, not all uses are known
   */
  public record Own(Set<String> runs, Instant since, BooleanSupplier goOn) {
    /** There are none. */
    public static final Own NONE = new Own(Set.of(), Instant.EPOCH, () -> true);

    public Own {
      runs = Set.copyOf(runs);
    }
  }

  /**
   * Takes what is to be read.
   *
   * @param from journals that were written last before do not matter; {@link Instant#MIN} if all do
   * @param own read in any case, and must have an end
   * @param goOn whether there is time to read more than those
   */
  public JournalUses(RunHistory history, Instant from, Own own, BooleanSupplier goOn) {
    this.history = history;
    this.from = from;
    this.own = own;
    this.goOn = goOn;
  }

  @Override
  public boolean forEach(Each each) throws IOException {
    return forEachOwn(each) && forEachOther(each, history.ids());
  }

  private boolean forEachOwn(Each each) throws IOException {
    long since = own.since.toEpochMilli();
    Each late = (key, at) -> each.use(key, Math.max(at, since));
    for (String run : own.runs) {
      if (!own.goOn.getAsBoolean() || !history.forEachUseOfWhole(run, late, own.goOn)) {
        return false;
      }
    }
    return true;
  }

  private boolean forEachOther(Each each, Collection<String> runs) {
    for (String run : runs) {
      if (own.runs.contains(run)) {
        continue;
      }
      if (!goOn.getAsBoolean()) {
        return false;
      }
      try {
        boolean old = history.lastWritten(run).isBefore(from);
        if (!old && !history.forEachUse(run, each, goOn)) {
          return false;
        }
      } catch (IOException e) {
        // A run that was killed as it began, or damage: what it alone used counts as unused.
      }
    }
    return true;
  }
}
