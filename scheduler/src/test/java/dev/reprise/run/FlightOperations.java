package dev.reprise.run;

import dev.reprise.cache.claim.Claims;
import dev.reprise.cache.claim.InProcessClaims;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.testing.ManualTime;
import dev.reprise.run.SingleFlight.Turn;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;

/**
 * Runs of one driver that make the same unit, each in a thread of its own, as {@link Dispatch}
 * does: it looks for a result, asks for its turn and, if others let go of something since it began,
 * looks again. Who comes when decides what a call does, so none returns anything: what must hold is
 * that a result is made once, and that nobody waits for what nobody makes.
 */
@Param(name = "me", gen = ThreadIdGen.class)
public class FlightOperations {
  /** Lincheck's numbers: who calls first, one by one, two at the same time, and who calls last. */
  private static final int[] RUNS = {0, 0, 1, 1};

  /**
   * The first of all keys: those that were let go of are bits, as many as the number of the last.
   */
  private static final Fingerprint KEY = Fingerprint.of(new byte[Fingerprint.BYTES]);

  private static final int UNIT = 7;

  private final ManualTime time = new ManualTime();
  private final Claims claims = new InProcessClaims(time, time);
  private final Run[] runs = {new Run("run 0"), new Run("run 1")};
  private final AtomicInteger made = new AtomicInteger();
  private volatile boolean kept;

  /** What one thread has. */
  private final class Run {
    private final AtomicInteger woken = new AtomicInteger();
    private final SingleFlight flight;
    private boolean waits;
    private int waited;

    Run(String name) {
      flight = new SingleFlight(claims, name, unit -> woken.incrementAndGet());
    }

    /** Whether it may make the unit: then it has to leave. */
    boolean leads() {
      if (waits && woken.get() < waited) {
        return false;
      }
      if (waits) {
        flight.woken(UNIT);
        waits = false;
      }
      if (kept) {
        return false;
      }
      Turn turn = flight.enter(UNIT, KEY);
      if (turn == Turn.WAIT) {
        waits = true;
        waited++;
        return false;
      }
      if ((flight.othersLetGo() || flight.mayHaveLetGo(KEY)) && kept) {
        flight.leave(UNIT);
        return false;
      }
      return true;
    }
  }

  /** A unit that has a result. */
  @Operation(params = "me")
  public void make(int me) {
    Run run = runs[RUNS[me]];
    if (run.leads()) {
      made.incrementAndGet();
      kept = true;
      run.flight.leaveMade(UNIT);
    }
  }

  /** One that fails. */
  @Operation(params = "me")
  public void fail(int me) {
    Run run = runs[RUNS[me]];
    if (run.leads()) {
      run.flight.leave(UNIT);
    }
  }

  @Validate
  public void oneMakesItAndAllAreWoken() {
    if (made.get() > 1) {
      throw new IllegalStateException("made " + made.get() + " times");
    }
    for (Run run : runs) {
      if (run.woken.get() != run.waited) {
        throw new IllegalStateException("woken " + run.woken.get() + " times of " + run.waited);
      }
    }
    if (claims.holder(KEY).isPresent()) {
      throw new IllegalStateException("claimed for ever");
    }
  }
}
