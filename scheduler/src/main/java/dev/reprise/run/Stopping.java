package dev.reprise.run;

import static java.util.Objects.requireNonNull;

import dev.reprise.executor.ErrorInfo;
import dev.reprise.plan.Outcome;
import dev.reprise.plan.Reason;
import dev.reprise.plan.Reason.Code;
import dev.reprise.plan.UnitTable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether the run goes on, and if not, why and with what exit code: a step failed, the cache that
 * is required does not work, time is up, or somebody cancelled it. Belongs to the run's one thread.
 */
final class Stopping {
  /** Exit code of a run that an error of our own ended. */
  static final int INTERNAL = 70;

  /** Exit code of a run that somebody ended. */
  static final int CANCELLED = 8;

  private final Shared run;
  private final UnitTable units;
  private final Endings endings;
  private final Lanes lanes;
  private final Committing committing;

  private @Nullable Reason stopped;
  private boolean cancelled;
  private boolean planning;
  private @Nullable String failedInPlan;
  private int exitCode;
  private String message = "";

  Stopping(Shared run, Endings endings, Lanes lanes, Committing committing) {
    this.run = run;
    this.units = run.units();
    this.endings = endings;
    this.lanes = lanes;
    this.committing = committing;
  }

  boolean cancelled() {
    return cancelled;
  }

  int exitCode() {
    return exitCode;
  }

  /** Why the run did not succeed, for people; empty if it did. */
  String message() {
    return message;
  }

  RunState state() {
    return cancelled ? RunState.CANCELLED : exitCode == 0 ? RunState.SUCCEEDED : RunState.FAILED;
  }

  /** The cache does not give what it should: ends a run that requires it. */
  void cacheFailed(int code, String text) {
    if (run.options().cache() == CacheMode.REQUIRE) {
      fatal(code, text);
    }
  }

  /** Why nothing may begin any more; null while the run goes on. */
  @Nullable Reason halted() {
    return cancelled ? Reason.of(Code.RUN_CANCELLED) : stopped;
  }

  /** Whether what runs is asked to end, so that how it ends says nothing of it. */
  boolean endsAtOnce() {
    return cancelled || (halted() != null && exitCode != 1);
  }

  /** Ends the run for a reason that is not a unit's. */
  void fatal(int code, String text) {
    if (exitCode == 0 || exitCode == 1) {
      exitCode = code;
      message = text;
    }
    stop(new Reason(Code.RUN_STOPPED, text));
    lanes.cancel(true);
    abandonLater();
  }

  /** Lets nothing begin any more; what has started may come to its end. */
  private void stop(Reason why) {
    if (halted() != null) {
      return;
    }
    stopped = why;
    lanes.clearQueues();
    endings.endOpenUnits(why);
    lanes.cancel(false);
  }

  /** Ends the run soon, because somebody asked for it. */
  void cancel() {
    if (cancelled) {
      return;
    }
    cancelled = true;
    exitCode = CANCELLED;
    message = "cancelled";
    lanes.clearQueues();
    endings.endOpenUnits(Reason.of(Code.RUN_CANCELLED));
    lanes.cancel(true);
    abandonLater();
  }

  /** Ends a unit for good that could not be executed, and the run unless it is to keep going. */
  void fail(int unit, @Nullable ErrorInfo error, byte[] output, String text) {
    List<Integer> together = endings.failFlight(unit);
    failed(unit, error, output, text);
    String joined = "it joined '%s', which failed: %s".formatted(units.name(unit), text);
    together.forEach(follower -> failed(follower, error, new byte[0], joined));
    String step = units.node(unit).name();
    if (run.options().keepGoing()) {
      return;
    } else if (planning) {
      failedInPlan = failedInPlan == null ? step : failedInPlan;
    } else {
      stop(new Reason(Code.RUN_STOPPED, step));
    }
  }

  /** From now on units that fail stop the run when {@link #planned} is called. */
  void planning() {
    planning = true;
  }

  /**
   * The plan is made, in which some units may have failed.
   *
   * @param runs whether what it says is to be carried out
   */
  void planned(boolean runs) {
    planning = false;
    if (runs && failedInPlan != null) {
      stop(new Reason(Code.RUN_STOPPED, failedInPlan));
    }
  }

  private void failed(int unit, @Nullable ErrorInfo error, byte[] output, String text) {
    units.end(unit, Outcome.FAILED);
    run.reports().unitFinished(unit, output, error, text);
    if (exitCode == 0) {
      exitCode = 1;
      message = "'%s' failed: %s".formatted(units.name(unit), text);
    }
    endings.skipConsumers(unit, new Reason(Code.UPSTREAM_FAILED, units.node(unit).name()));
  }

  private void abandonLater() {
    run.timers().after(run.now(), Patience.STOPPING, this::abandonAll);
  }

  /** Gives up what does not answer: workers, and a disk that takes for ever. */
  private void abandonAll() {
    lanes.abandon();
    Reason why = requireNonNull(halted(), "abandons without a reason");
    for (int unit = 0; unit < units.size(); unit++) {
      switch (units.state(unit)) {
        case DISPATCHED, RUNNING -> endings.end(unit, why);
        default -> {}
      }
    }
    committing.hurry(); // and tells, by events, what was kept and what was not
  }
}
