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
      return Optional.empty();
    }
  }
}
