package dev.reprise.cli.history;

import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cli.base.CommandException;
import dev.reprise.cli.base.HomeView;
import dev.reprise.journal.RecordedUnit;
import java.util.Optional;

/** Where reused results came from. The index knows, unless they were evicted since. */
final class Origins {
  private final HomeView home;
  private String unreadable = "";

  Origins(HomeView home) {
    this.home = home;
  }

  /** The entry that a unit was reused from; empty if it is gone, or the index cannot be read. */
  Optional<CacheEntry> find(RecordedUnit unit) {
    if (unit.key().isEmpty()) {
      return Optional.empty();
    }
    try {
      return home.index().find(new CacheKey(unit.key().get()));
    } catch (CacheUnavailableException | CommandException e) {
      // This is one line of what is told; the rest is in the journal.
      unreadable = String.valueOf(e.getMessage());
      return Optional.empty();
    }
  }

  /** Why nothing is known of an entry that was not found. */
  String whyNot() {
    return unreadable.isEmpty()
        ? "the index does not hold it any more"
        : "what else the index knows of it cannot be read: " + unreadable;
  }
}
