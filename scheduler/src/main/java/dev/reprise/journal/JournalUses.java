package dev.reprise.journal;

import dev.reprise.cache.upkeep.Uses;
import java.io.IOException;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/**
 * When results were used, as the journals of a home's runs tell. Reads the newest first, and none
 * that is so old that it cannot matter.
 */
public final class JournalUses implements Uses {
  private final RunHistory history;
  private final Instant from;
  private final Instant needed;
  private final BooleanSupplier goOn;

  /**
   * @param from runs that were over before do not matter; {@link Instant#MIN} if all do
   * @param needed runs that began later are read in any case, and must be readable; {@link
   *     Instant#MAX} if there are none such
   * @param goOn whether there is time to read on
   */
  public JournalUses(RunHistory history, Instant from, Instant needed, BooleanSupplier goOn) {
    this.history = history;
    this.from = from;
    this.needed = needed;
    this.goOn = goOn;
  }

  @Override
  public boolean forEach(Each each) throws IOException {
    for (String run : history.ids()) {
      Instant began = RunIds.moment(run);
      if (began.plus(RunBrief.LONGEST_SILENCE).isBefore(from)) {
        return true;
      }
      boolean mustBeRead = !began.isBefore(needed);
      if (!mustBeRead && !goOn.getAsBoolean()) {
        return false;
      }
      try {
        if (!history.forEachUse(run, each, mustBeRead ? () -> true : goOn)) {
          return false;
        }
      } catch (IOException e) {
        if (mustBeRead) {
          throw e;
        }
        // A run that was killed as it began, or damage: what it alone used counts as unused.
      }
    }
    return true;
  }
}
