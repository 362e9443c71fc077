package dev.reprise.run;

import dev.reprise.cache.index.IndexBatch.Change.PutNote;
import dev.reprise.run.Commits.Finished;
import dev.reprise.run.Commits.Settled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The results that are being committed. A side that settles none of them for too long, because its
 * disk hangs, is given up: a cache must not make a run wait for ever. Belongs to the run's one
 * thread.
 */
final class Committing {
  private final Commits commits;
  private final LongSupplier ticker;
  private final Supplier<String> asked;
  private final Consumer<String> slow;
  private final Consumer<String> dead;
  private final List<Finished> next = new ArrayList<>();
  private int open;
  private long heardNanos;
  private boolean told;
  private boolean givenUp;

  /**
   * @param ticker the run's
   * @param asked names the user's probes that are asked now; empty if none is
   * @param slow told what is waited for, once it takes long
   * @param dead told, once, why nothing is committed any more
   */
  Committing(
      Commits commits,
      LongSupplier ticker,
      Supplier<String> asked,
      Consumer<String> slow,
      Consumer<String> dead) {
    this.commits = commits;
    this.ticker = ticker;
    this.asked = asked;
    this.slow = slow;
    this.dead = dead;
  }

  /** Takes a result, for the next {@link #flush}. */
  void add(Finished finished) {
    next.add(finished);
  }

  /** Hands what came since the last time to the committing side. */
  void flush() {
    if (next.isEmpty()) {
      return;
    }
    if (open == 0) {
      heard();
    }
    open += next.size();
    commits.submit(List.copyOf(next));
    next.clear();
  }

  /** Has notes kept, if the index takes them. */
  void remember(PutNote note) {
    commits.remember(note);
  }

  /** Says that the committing side has answered. */
  void settled(List<Settled> settled) {
    open -= settled.size();
    heard();
  }

  private void heard() {
    heardNanos = ticker.getAsLong();
    told = false;
  }

  /** Whether nothing is waited for. */
  boolean isEmpty() {
    return open == 0;
  }

  /** Tells of a side that has been silent for long, and gives up one that has been for too long. */
  void check() {
    if (open == 0 || givenUp) {
      return;
    }
    Duration silent = Duration.ofNanos(ticker.getAsLong() - heardNanos);
    if (silent.compareTo(Patience.COMMIT) >= 0) {
      giveUp(Duration.ZERO, "did not answer for %d s".formatted(Patience.COMMIT.toSeconds()));
    } else if (silent.compareTo(Patience.COMMIT_SLOW) >= 0 && !told) {
      told = true;
      String probes = asked.get();
      slow.accept(
          probes.isEmpty()
              ? "%d results wait to be kept, and %s does not answer for %d s; after %d s the run goes on without"
                  .formatted(open, commits.where(), silent.toSeconds(), Patience.COMMIT.toSeconds())
              : "%d results wait to be kept until it is known whether what some take has changed; the probe of %s does not answer for %d s"
                  .formatted(open, probes, silent.toSeconds()));
    }
  }

  /** Ends a run's last wait: what is not committed soon is not kept. */
  void hurry() {
    if (open > 0 && !givenUp) {
      giveUp(Patience.CLOSING, "did not answer before the run had to end");
    }
  }

  private void giveUp(Duration patience, String what) {
    givenUp = true;
    String why = commits.where() + " " + what;
    if (!commits.close(patience, why + "; whether it is kept shows in the next run")) {
      dead.accept(why);
    }
  }

  /** Ends the committing side. A run that ends in order has nothing open by then. */
  void close() {
    commits.close(Patience.CLOSING, "the run ended before it was committed");
  }
}
