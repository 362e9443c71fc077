package dev.reprise.run;

import dev.reprise.executor.ErrorInfo;
import dev.reprise.plan.Reason;
import dev.reprise.plan.Reason.Code;
import dev.reprise.plan.UnitState;
import dev.reprise.plan.UnitTable;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * What becomes of units whose attempts did not succeed: another attempt after a while, or the end.
 * Belongs to the run's one thread.
 */
final class Retries {
  private final Shared run;
  private final UnitTable units;
  private final Endings endings;
  private final Stopping stopping;
  private final Lanes lanes;
  private final Failures failures = new Failures();
  private int backingOff;

  Retries(Shared run, Endings endings, Stopping stopping, Lanes lanes) {
    this.run = run;
    this.units = run.units();
    this.endings = endings;
    this.stopping = stopping;
    this.lanes = lanes;
  }

  /** Whether any unit waits for its next attempt. */
  boolean waits() {
    return backingOff > 0;
  }

  /**
   * An attempt ended in an error of the user's code, or at its deadline.
   *
   * @param kept asked when no further attempt would follow whatever the run does; true if it sees
   *     to the end of the unit
   */
  void userError(Attempt attempt, ErrorInfo error, byte[] output, BooleanSupplier kept) {
    int unit = attempt.unit;
    if (stopping.cancelled()) {
      endings.end(unit, Reason.of(Code.RUN_CANCELLED), output);
      return;
    }
    Optional<Duration> wait = failures.userError(unit, units.node(unit).step().retry(), error);
    if (wait.isPresent() && stopping.halted() == null) {
      run.reports().unitRetried(unit, output, error, error.headline(), wait.get());
      retry(unit, wait.get());
    } else if (wait.isPresent() || !kept.getAsBoolean()) {
      stopping.fail(unit, error, output, error.headline());
    }
  }

  /** An attempt was lost with its worker, or its result was. */
  void lost(int unit, String why, byte[] output) {
    if (stopping.cancelled()) {
      endings.end(unit, Reason.of(Code.RUN_CANCELLED), output);
      return;
    }
    Optional<Duration> wait =
        stopping.halted() == null
            ? failures.lost(unit, units.node(unit).step().retry())
            : Optional.empty();
    if (wait.isPresent()) {
      run.reports().unitRetried(unit, output, null, "attempt lost: " + why, wait.get());
      retry(unit, wait.get());
    } else {
      stopping.fail(
          unit, null, output, "lost after %d attempts: %s".formatted(units.attempts(unit), why));
    }
  }

  /** An attempt ended because it was asked to, or so its executor says. */
  void ended(int unit, byte[] output) {
    Reason stop = stopping.halted();
    if (stop != null) {
      endings.end(unit, stop, output);
    } else {
      lost(unit, "the executor ended it", output);
    }
  }

  private void retry(int unit, Duration wait) {
    units.move(unit, UnitState.BACKING_OFF);
    backingOff++;
    run.timers()
        .after(
            run.now(),
            wait,
            () -> {
              backingOff--;
              if (units.state(unit) == UnitState.BACKING_OFF) {
                units.move(unit, UnitState.QUEUED);
                lanes.enqueue(unit);
              }
            });
  }
}
