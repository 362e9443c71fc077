package dev.reprise.api;

import dev.reprise.cache.base.Alarms;
import dev.reprise.cache.base.Durations;
import dev.reprise.cache.base.HostName;
import dev.reprise.executor.TaskCode;
import dev.reprise.home.Home;
import dev.reprise.home.Submissions;
import dev.reprise.journal.RecordedView;
import dev.reprise.journal.RunBrief;
import dev.reprise.journal.RunHistory;
import dev.reprise.journal.RunIds;
import dev.reprise.plan.Outcome;
import dev.reprise.run.RunListener.RunHeader;
import dev.reprise.run.RunListener.RunSummary;
import dev.reprise.run.RunLoop;
import dev.reprise.run.RunState;
import dev.reprise.run.RunView;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A run that was submitted before with the same idempotency key, here or by another process: known
 * by its journal, which is looked at until it has an end.
 */
final class EarlierRun implements Run.Course {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

  /** So often in a row its journal cannot be read before it counts as lost: a disk may be slow. */
  private static final int MOST_FAILED_LOOKS = 10;

  private final String id;
  private final Home home;
  private final RunHistory history;
  private final Pipeline submitted;
  private final Set<String> partitions;
  private final RunLoop unused;
  private final InstantSource clock;
  private @Nullable RunView view;

  private int failedLooks;

  /** Whether it is known to be what was submitted now. */
  private boolean checked;

  /**
   * @param partitions that were submitted now
   * @param unused a loop of the same pipeline that runs nothing
   */
  EarlierRun(
      String id,
      Home home,
      Pipeline submitted,
      Set<String> partitions,
      RunLoop unused,
      InstantSource clock) {
    this.id = id;
    this.home = home;
    this.history = new RunHistory(home.options().runsFolder());
    this.submitted = submitted;
    this.partitions = partitions;
    this.unused = unused;
    this.clock = clock;
  }

  /**
   * Checks that the run is what was submitted now; if it has not begun, that is done when it has.
   *
   * @throws dev.reprise.run.ResumeException if it is of another pipeline, or has other parameters
   *     or partitions
   */
  synchronized void checkSame() {
    try {
      checkSame(history.readBrief(id).header());
    } catch (IOException e) {
      return; // it is about to begin
    }
  }

  private void checkSame(RunHeader header) {
    if (!checked) {
      Run.checkSame(
          id,
          header.pipeline(),
          header.parameters(),
          header.options().partitions(),
          submitted,
          partitions);
      checked = true;
    }
  }

  @Override
  public void cancel() {
    if (find() == null) {
      throw new IllegalStateException(
          "run %s goes on in another process, as 'runs show' tells; stop it there".formatted(id));
    }
  }

  @Override
  public synchronized RunView view() {
    if (view == null) {
      try {
        view = new RecordedView(history.read(id), submitted.graph(), home::kept);
      } catch (IOException e) {
        throw new IllegalStateException("run " + id + " cannot be read: " + e.getMessage(), e);
      }
    }
    return view;
  }

  @Override
  public TaskCode code(int node) {
    return unused.code(node);
  }

  @Override
  public boolean isEarlier() {
    return true;
  }

  /**
   * Looks for the run's end now and then, until there is one or nobody waits any more.
   *
   * @param timeout how long at most; null for as long as it takes
   * @return {@code end}
   */
  CompletableFuture<RunSummary> watch(
      Alarms alarms, @Nullable Duration timeout, CompletableFuture<RunSummary> end) {
    look(alarms, end);
    return timeout == null
        ? end
        : end.completeOnTimeout(late(timeout), timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void look(Alarms alarms, CompletableFuture<RunSummary> end) {
    if (end.isDone()) {
      return;
    }
    try {
      RunSummary summary = find();
      if (summary == null && isLost()) {
        summary = lost();
      }
      if (summary != null) {
        end.complete(summary);
        return;
      }
    } catch (RuntimeException e) { // an alarm must not throw, and somebody waits
      end.completeExceptionally(e);
      return;
    }
    alarms.after(BETWEEN_LOOKS, () -> look(alarms, end));
  }

  /** Whether there is nothing to be read, though it would have begun by now if it had not died. */
  private synchronized boolean isLost() {
    return failedLooks >= MOST_FAILED_LOOKS
        && !RunIds.moment(id).plus(Submissions.BEGINS_WITHIN).isAfter(clock.instant());
  }

  /** How it ended; null if it goes on. */
  private synchronized @Nullable RunSummary find() {
    RunBrief brief;
    try {
      brief = history.readBrief(id);
    } catch (IOException e) {
      failedLooks++;
      return null; // it is about to begin
    }
    failedLooks = 0;
    checkSame(brief.header());
    if (brief.summary() != null) {
      return brief.summary();
    }
    boolean died = brief.life(HostName.find(), clock.instant()) == RunBrief.Life.DIED;
    Optional<RunSummary> again = died ? summaryNow() : Optional.empty();
    return !died ? null : again.orElseGet(this::died);
  }

  /** It may have ended between two looks. */
  private Optional<RunSummary> summaryNow() {
    try {
      return Optional.ofNullable(history.readBrief(id).summary());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private RunSummary died() {
    return failed(1, "the process of run %s died; '--resume %s' does the rest".formatted(id, id));
  }

  private RunSummary lost() {
    return failed(
        1,
        "run %s has no journal that can be read: it died before it began, or was forgotten; submit again"
            .formatted(id));
  }

  private RunSummary late(Duration timeout) {
    return failed(
        9,
        "run %s has not ended within the deadline of %s; it goes on"
            .formatted(id, Durations.text(timeout)));
  }

  private static RunSummary failed(int exitCode, String message) {
    Map<Outcome, Integer> none = new LinkedHashMap<>();
    for (Outcome outcome : Outcome.values()) {
      none.put(outcome, 0);
    }
    return new RunSummary(RunState.FAILED, exitCode, 0, none, 0, 0, message);
  }
}
