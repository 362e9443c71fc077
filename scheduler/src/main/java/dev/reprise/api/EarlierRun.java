package dev.reprise.api;

import dev.reprise.cache.base.Alarms;
import dev.reprise.cache.base.HostName;
import dev.reprise.executor.TaskCode;
import dev.reprise.graph.TaskGraph;
import dev.reprise.home.Home;
import dev.reprise.journal.RecordedView;
import dev.reprise.journal.RunBrief;
import dev.reprise.journal.RunHistory;
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
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A run that was submitted before with the same idempotency key, here or by another process: known
 * by its journal, which is looked at until it has an end.
 */
final class EarlierRun implements Run.Course {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

  private final String id;
  private final Home home;
  private final RunHistory history;
  private final TaskGraph graph;
  private final RunLoop unused;
  private final InstantSource clock;
  private @Nullable RunView view;

  /**
   * @param unused a loop of the same pipeline that runs nothing
   */
  EarlierRun(String id, Home home, TaskGraph graph, RunLoop unused, InstantSource clock) {
    this.id = id;
    this.home = home;
    this.history = new RunHistory(home.options().runsFolder());
    this.graph = graph;
    this.unused = unused;
    this.clock = clock;
  }

  /**
   * Checks that the run, if it has begun, is what was submitted now.
   *
   * @throws dev.reprise.run.ResumeException if it is of another pipeline or has other parameters
   */
  void checkSame(Pipeline submitted) {
    RunHeader header = header();
    if (header != null) {
      Run.checkSame(id, header.pipeline(), header.parameters(), submitted);
    }
  }

  /** Null if there is nothing to be read yet. */
  private @Nullable RunHeader header() {
    try {
      return history.readBrief(id).header();
    } catch (IOException e) {
      return null;
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
        view = new RecordedView(history.read(id), graph, home::kept);
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

  /** Looks for the run's end now and then, until there is one or nobody waits any more. */
  void watch(Alarms alarms, CompletableFuture<RunSummary> end) {
    RunSummary summary = find();
    if (summary != null) {
      end.complete(summary);
    } else if (!end.isDone()) {
      alarms.after(BETWEEN_LOOKS, () -> watch(alarms, end));
    }
  }

  /** How it ended; null if it goes on. */
  private @Nullable RunSummary find() {
    RunBrief brief;
    try {
      brief = history.readBrief(id);
    } catch (IOException e) {
      return null; // it is about to begin
    }
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
    Map<Outcome, Integer> none = new LinkedHashMap<>();
    for (Outcome outcome : Outcome.values()) {
      none.put(outcome, 0);
    }
    String text = "the process of run %s died; '--resume %s' does the rest".formatted(id, id);
    return new RunSummary(RunState.FAILED, 1, 0, none, 0, 0, text);
  }
}
