package dev.reprise.cli.cache;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cli.base.CommandException;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.config.UsageException;
import dev.reprise.journal.RunHistory;
import dev.reprise.journal.UnknownRunException;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that choose entries to pin, or not to pin any more. A mixin. */
final class PinChoice {
  @Mixin private final EntryFilter filter = new EntryFilter();

  @Option(
      names = "--used-by",
      paramLabel = "RUN",
      description = "found or made by this run, as its journal tells")
  private @Nullable String usedBy;

  /** Whether any option was given. */
  boolean isGiven() {
    return usedBy != null || filter.isGiven();
  }

  /** Whether the options ask about what an entry holds, as against its key alone. */
  boolean asksForMoreThanKey() {
    return usedBy != null || filter.asksForMoreThanKey();
  }

  /** What the options choose. */
  Predicate<EntryRow> at(Instant now, RunHistory runs) throws CommandException {
    Predicate<EntryRow> chosen = filter.at(now, runs);
    String run = usedBy;
    if (run == null) {
      return chosen;
    }
    Set<Fingerprint> used = new HashSet<>();
    try {
      runs.forEachUse(runs.find(run), (key, at) -> used.add(key));
    } catch (UnknownRunException e) {
      throw new UsageException("--used-by: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new CommandException(ExitCode.INTEGRITY, String.valueOf(e.getMessage()), e);
    }
    return row -> chosen.test(row) && used.contains(row.key());
  }

  /** Whether a key begins as the options say; true if they do not. */
  boolean hasKey(Fingerprint key) {
    return filter.hasKey(key);
  }

  /** As {@link EntryFilter#checkNamed}. */
  void checkNamed() {
    filter.checkNamed();
  }

  /** What a person should know if nothing was chosen. */
  String hint() {
    return filter.hint();
  }
}
