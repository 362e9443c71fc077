package dev.reprise.cache.claim;

import dev.reprise.cache.base.Alarms;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.claim.Claims.Claim;
import dev.reprise.cache.claim.Claims.Outcome;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.testing.Samples;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;

/**
 * What runs of a driver do with the claim of one key, each in a thread of its own; specified by
 * {@link ClaimsModel}.
 */
@Param(name = "me", gen = ThreadIdGen.class)
public class ClaimsOperations {
  /** Time moves, and alarms go off, in one thread at a time. */
  private static final String CLOCK = "clock";

  /** Lincheck's numbers: who calls first, one by one, two at the same time, and who calls last. */
  static final int[] RUNS = {1, 1, 2, 2};

  private static final Duration TTL = Duration.ofSeconds(10);
  private static final Fingerprint KEY = Samples.content(1);

  private final Clock clock = new Clock();
  private final Claims claims = new InProcessClaims(clock, clock);

  /** The last claim of each run. */
  private final Claim[] own = new Claim[RUNS.length];

  /** How often those who wait were woken, by who called. */
  private final List<List<AtomicInteger>> wakes = new ArrayList<>();

  public ClaimsOperations() {
    for (int i = 0; i < RUNS.length; i++) {
      wakes.add(new ArrayList<>());
    }
  }

  private static final class Clock implements Ticker, Alarms {
    private final List<Due> alarms = new ArrayList<>();
    private long nanos;

    private record Due(long at, Runnable action) {}

    @Override
    public synchronized long nanos() {
      return nanos;
    }

    synchronized void move() {
      nanos += TTL.toNanos();
    }

    @Override
    public synchronized Alarm after(Duration delay, Runnable action) {
      Due due = new Due(nanos + delay.toNanos(), action);
      alarms.add(due);
      return () -> cancel(due);
    }

    private synchronized void cancel(Due due) {
      alarms.removeIf(each -> each == due);
    }

    synchronized List<Due> due() {
      List<Due> due = new ArrayList<>(alarms);
      due.removeIf(each -> each.at > nanos);
      alarms.removeAll(due);
      return due;
    }

    synchronized boolean isSet() {
      return !alarms.isEmpty();
    }
  }

  /** Which claim the caller has now, or who is in its way. */
  @Operation(params = "me")
  public String claim(int me) {
    Outcome outcome = claims.claim(KEY, "run " + RUNS[me], TTL);
    if (outcome instanceof Outcome.Granted granted) {
      own[RUNS[me]] = granted.claim();
      return "has " + granted.claim().token();
    }
    return "held as " + ((Outcome.Held) outcome).by().token();
  }

  @Operation(params = "me")
  public boolean renew(int me) {
    Claim claim = own[RUNS[me]];
    return claim != null && claims.renew(claim, TTL);
  }

  @Operation(params = "me")
  public boolean isCurrent(int me) {
    Claim claim = own[RUNS[me]];
    return claim != null && claims.isCurrent(claim);
  }

  @Operation(params = "me")
  public boolean release(int me) {
    Claim claim = own[RUNS[me]];
    return claim != null && claims.release(claim);
  }

  @Operation(params = "me")
  public void await(int me) {
    AtomicInteger woken = new AtomicInteger();
    wakes.get(me).add(woken);
    claims.whenFree(KEY, woken::incrementAndGet);
  }

  @Operation
  public long holder() {
    return claims.holder(KEY).map(Claim::token).orElse(0L);
  }

  @Operation
  public long ended() {
    return claims.ended();
  }

  /** All claims run out that there are. */
  @Operation(nonParallelGroup = CLOCK)
  public void move() {
    clock.move();
  }

  /** What was to happen by now does. */
  @Operation(nonParallelGroup = CLOCK)
  public void ring() {
    clock.due().forEach(due -> due.action().run());
  }

  /**
   * By plain means, which Lincheck plays as well: nobody is left waiting for a key that is free, or
   * that nothing will free.
   */
  @Validate
  public void everyoneIsWokenOnce() {
    boolean claimed = false;
    for (Claim claim : own) {
      claimed |= claim != null && claims.isCurrent(claim);
    }
    for (List<AtomicInteger> each : wakes) {
      for (AtomicInteger woken : each) {
        int times = woken.get();
        if (times > 1 || (times == 0 && !(claimed && clock.isSet()))) {
          throw new IllegalStateException("was woken " + times + " times, claimed: " + claimed);
        }
      }
    }
  }
}
