package dev.reprise.run;

import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.ErrorInfo;
import dev.reprise.plan.UnitState;
import dev.reprise.plan.UnitTable;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What executors say of attempts, and what their deadlines do. Belongs to the run's one thread. */
final class Answers {
  private final Shared run;
  private final UnitTable units;
  private final Lanes lanes;
  private final Results results;
  private final Retries retries;
  private final Healing healing;
  private final Commits commits;

  Answers(
      Shared run, Lanes lanes, Results results, Retries retries, Healing healing, Commits commits) {
    this.run = run;
    this.units = run.units();
    this.lanes = lanes;
    this.results = results;
    this.retries = retries;
    this.healing = healing;
    this.commits = commits;
  }

  /** The attempt is in user code now. */
  void started(long id) {
    Attempt attempt = lanes.find(id);
    if (attempt == null) {
      return;
    }
    attempt.started = true;
    run.timers().cancel(attempt.deadline); // to start
    attempt.startNanos = run.now();
    units.move(attempt.unit, UnitState.RUNNING);
    run.reports().unitStarted(attempt.unit, attempt.number);
    Duration limit = units.node(attempt.unit).step().timeout().run();
    if (limit != null) {
      attempt.deadline =
          run.timers()
              .after(
                  run.now(),
                  limit,
                  () ->
                      late(attempt, "ran longer than its deadline of " + limit.toMillis() + " ms"));
    }
  }

  /** Gives an attempt up that took too long. */
  void late(Attempt attempt, String what) {
    if (lanes.end(attempt.id) == null) {
      return;
    }
    attempt.lane.cancel(new long[] {attempt.id});
    units.durationNanos(attempt.unit, attempt.started ? run.now() - attempt.startNanos : 0);
    String text = "attempt %d of '%s' %s".formatted(attempt.number, units.name(attempt.unit), what);
    ErrorInfo error =
        new ErrorInfo(
            List.of("java.util.concurrent.TimeoutException", "java.lang.Exception"),
            text,
            List.of(),
            null,
            List.of());
    retries.userError(attempt, error, new byte[0], () -> false);
  }

  /** The attempt has ended. */
  void finished(long id, AttemptResult result) {
    Attempt attempt = lanes.end(id);
    if (attempt == null) {
      if (result instanceof AttemptResult.Success late) {
        commits.discard(late.manifest());
      }
      return;
    }
    int unit = attempt.unit;
    units.durationNanos(unit, result.durationNanos());
    byte[] output = result.output().array();
    result.<@Nullable Void>fold(
        success -> {
          results.succeeded(attempt, success);
          return null;
        },
        failure -> {
          retries.userError(
              attempt, failure.error(), output, () -> results.keepsFailure(attempt, failure));
          return null;
        },
        damaged -> {
          healing.inputDamaged(attempt, damaged);
          return null;
        },
        unreadable -> {
          healing.inputUnreadable(attempt, unreadable);
          return null;
        },
        lost -> {
          retries.lost(unit, lost.why(), output);
          return null;
        },
        ended -> {
          retries.ended(unit, output);
          return null;
        });
  }
}
