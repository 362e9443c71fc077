package dev.reprise.cli.cache;

import dev.reprise.cache.index.CacheEntry;
import dev.reprise.journal.JournalUses;
import dev.reprise.journal.JournalUses.Own;
import dev.reprise.journal.RunHistory;
import dev.reprise.run.RunListener.RunHeader;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;

/**
 * What the journals of runs know of an entry, which holds nothing that changes with use.
 *
 * @param user who ran what made it; empty if that run is forgotten
 * @param labels of that run; empty if it had none, or is forgotten
 * @param lastMillis when it was made or found last, as far as journals tell, in milliseconds since
 *     1970; at least when it was made
 */
record EntryUse(String user, Map<String, String> labels, long lastMillis) {
  /** Reads all journals. */
  static EntryUse of(CacheEntry entry, RunHistory history) throws IOException {
    long[] last = {entry.createdMillis()};
    new JournalUses(history, Instant.MIN, Own.NONE, () -> true)
        .forEach(
            (key, at) -> {
              if (key.equals(entry.key().digest())) {
                last[0] = Math.max(last[0], at);
              }
            });
    try {
      RunHeader made = history.readBrief(entry.origin().run()).header();
      return new EntryUse(made.user(), made.options().labels(), last[0]);
    } catch (IOException e) { // the run is forgotten, or its journal is damaged
      return new EntryUse("", Map.of(), last[0]);
    }
  }
}
