package dev.reprise.cache.claim;

import dev.reprise.cache.base.Alarms;
import dev.reprise.cache.base.Alarms.Alarm;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.fingerprint.Fingerprint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Claims among the runs of one process. */
public final class InProcessClaims implements Claims {
  /*
   * A key has a Place while it is claimed. A claim that has run out stays in its place until somebody
   * wants the key: time alone changes nothing, so an owner that is late and finds nobody in its way
   * may renew or publish. An alarm is set only where somebody waits; it is set for the end of the claim as
   * it was then and, if the claim was renewed since, for the new end.
   *
   * Waiters are called outside the lock, since they may come straight back to claim.
   */

  private final Ticker ticker;
  private final Alarms alarms;
  private final Lease lease;

  // Guarded by this.
  private final Map<Fingerprint, Place> places = new HashMap<>();
  private long lastToken;
  private long ended;

  private static final class Place {
    private Claim claim;
    private long endNanos;
    private @Nullable Alarm alarm;
    private final List<Waiter> waiters = new ArrayList<>(1);

    Place(Claim claim) {
      this.claim = claim;
    }
  }

  /** Told apart by identity: two waits with the same action are two. */
  private static final class Waiter {
    private final Runnable wake;
    private volatile boolean made;

    Waiter(Runnable wake) {
      this.wake = wake;
    }
  }

  /**
   * Returns claims under which nothing is claimed.
   *
   * @param ticker by which claims run out
   * @param alarms wake those who wait for a claim that runs out
   */
  public InProcessClaims(Ticker ticker, Alarms alarms) {
    this(ticker, alarms, Lease.STANDARD);
  }

  /**
   * The same with another lease.
   *
   * @param lease for which its users are to claim
   */
  public InProcessClaims(Ticker ticker, Alarms alarms, Lease lease) {
    this.ticker = ticker;
    this.alarms = alarms;
    this.lease = lease;
  }

  @Override
  public Lease lease() {
    return lease;
  }

  @Override
  public synchronized Outcome claim(Fingerprint key, String owner, Duration timeToLive) {
    Place place = places.get(key);
    if (place != null && !isOver(place)) {
      return new Outcome.Held(place.claim);
    }
    Claim granted = new Claim(key, owner, ++lastToken);
    if (place == null) {
      place = new Place(granted);
      places.put(key, place);
    } else {
      ended++;
    }
    place.claim = granted;
    place.endNanos = ticker.nanos() + timeToLive.toNanos();
    setAlarm(key, place);
    return new Outcome.Granted(granted);
  }

  @Override
  public synchronized boolean renew(Claim claim, Duration timeToLive) {
    Place place = places.get(claim.key());
    if (place == null || !claim.equals(place.claim)) {
      return false;
    }
    place.endNanos = ticker.nanos() + timeToLive.toNanos();
    return true;
  }

  @Override
  public synchronized boolean isCurrent(Claim claim) {
    Place place = places.get(claim.key());
    return place != null && claim.equals(place.claim);
  }

  @Override
  public boolean release(Claim claim) {
    return release(claim, false);
  }

  @Override
  public boolean releaseMade(Claim claim) {
    return release(claim, true);
  }

  private boolean release(Claim claim, boolean made) {
    List<Waiter> woken;
    synchronized (this) {
      Place place = places.get(claim.key());
      if (place == null || !claim.equals(place.claim)) {
        return false;
      }
      woken = free(claim.key(), place);
    }
    for (Waiter waiter : woken) {
      waiter.made = made;
      waiter.wake.run();
    }
    return true;
  }

  @Override
  public synchronized long ended() {
    return ended;
  }

  @Override
  public Waiting whenFree(Fingerprint key, Runnable wake) {
    Waiter waiter = new Waiter(wake);
    synchronized (this) {
      Place place = places.get(key);
      if (place != null && !isOver(place)) {
        place.waiters.add(waiter);
        setAlarm(key, place);
        return new Waiting() {
          @Override
          public void close() {
            stopWaiting(key, waiter);
          }

          @Override
          public boolean made() {
            return waiter.made;
          }
        };
      }
    }
    wake.run();
    return new Waiting() {
      @Override
      public void close() {}

      @Override
      public boolean made() {
        return true;
      }
    };
  }

  @Override
  public synchronized Optional<Claim> holder(Fingerprint key) {
    Place place = places.get(key);
    return place == null || isOver(place) ? Optional.empty() : Optional.of(place.claim);
  }

  private boolean isOver(Place place) {
    return place.endNanos - ticker.nanos() <= 0;
  }

  /** Ends what is claimed at a place; returns whom to wake. The caller holds the lock. */
  private List<Waiter> free(Fingerprint key, Place place) {
    places.remove(key);
    ended++;
    if (place.alarm != null) {
      place.alarm.cancel();
    }
    return List.copyOf(place.waiters);
  }

  /** The caller holds the lock. */
  private void setAlarm(Fingerprint key, Place place) {
    if (place.alarm == null && !place.waiters.isEmpty()) {
      Duration rest = Duration.ofNanos(Math.max(0, place.endNanos - ticker.nanos()));
      place.alarm = alarms.after(rest, () -> onAlarm(key, place));
    }
  }

  private void onAlarm(Fingerprint key, Place place) {
    List<Waiter> woken;
    synchronized (this) {
      if (places.get(key) != place) {
        return;
      }
      place.alarm = null;
      if (!isOver(place)) {
        setAlarm(key, place);
        return;
      }
      woken = free(key, place);
    }
    woken.forEach(waiter -> waiter.wake.run());
  }

  private synchronized void stopWaiting(Fingerprint key, Waiter waiter) {
    Place place = places.get(key);
    if (place != null) {
      place.waiters.remove(waiter);
    }
  }
}
