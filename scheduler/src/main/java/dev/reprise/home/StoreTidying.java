package dev.reprise.home;

import dev.reprise.cache.base.HostName;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.journal.RunBrief;
import dev.reprise.journal.RunHistory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Removes from a store what nobody needs any more, when a home is opened: what attempts of dead
 * runs left, and damaged blobs that nobody came to look at. Trouble with it is no trouble of runs.
 */
public final class StoreTidying {
  /** How long a damaged blob that was moved aside is kept, for people who want to look at it. */
  public static final Duration QUARANTINED = Duration.ofDays(30);

  private final ResultStore store;
  private final Supplier<List<String>> runs;
  private final Predicate<String> isOver;
  private final Instant now;

  /**
   * @param runs ids of those that have a journal here; may throw {@link UncheckedIOException}
   * @param isOver whether one of them goes on no more
   */
  StoreTidying(
      ResultStore store, Supplier<List<String>> runs, Predicate<String> isOver, Instant now) {
    this.store = store;
    this.runs = runs;
    this.isOver = isOver;
    this.now = now;
  }

  /** For the home that has this history. */
  static StoreTidying of(ResultStore store, RunHistory history, Instant now) {
    return new StoreTidying(store, history::ids, run -> isOver(history, run, now), now);
  }

  /** Removes it; says what had to stay, or null. */
  @Nullable String tidy() {
    try {
      store.removeQuarantined(now.minus(QUARANTINED));
      removeWhatDeadRunsLeft();
      return null;
    } catch (IOException e) {
      return "what nobody needs any more stays in the store: " + e;
    } catch (UncheckedIOException e) {
      return "what dead runs left stays in the store: %s: %s"
          .formatted(e.getMessage(), e.getCause());
    }
  }

  /**
   * A run that has no journal here died before it began one, or is of another home that shares the
   * store: its files go when nobody has written them for as long as a run may be silent.
   */
  private void removeWhatDeadRunsLeft() throws IOException {
    Set<String> known = new HashSet<>(runs.get());
    Map<String, Boolean> over = new HashMap<>();
    Instant silent = now.minus(RunBrief.LONGEST_SILENCE);
    store.sweep(
        (run, written) ->
            known.contains(run)
                ? over.computeIfAbsent(run, isOver::test)
                : written.isBefore(silent));
  }

  private static boolean isOver(RunHistory history, String run, Instant now) {
    try {
      return history.readBrief(run).isOver(HostName.find(), now);
    } catch (IOException e) {
      return false; // nothing is known of it, so nothing of it is touched
    }
  }
}
