package dev.reprise.run;

import dev.reprise.cache.claim.Claims;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.plan.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Claims that any test may hold. */
final class LabClaims implements Claims {
  final Map<Fingerprint, Claim> held = new HashMap<>();
  private final Map<Fingerprint, List<Runnable>> waiters = new HashMap<>();
  private long next = 1;
  private long ended;

  @Override
  public Outcome claim(Fingerprint key, String owner, Duration timeToLive) {
    Claim other = held.get(key);
    if (other != null) {
      return new Outcome.Held(other);
    }
    Claim claim = new Claim(key, owner, next++);
    held.put(key, claim);
    return new Outcome.Granted(claim);
  }

  @Override
  public boolean renew(Claim claim, Duration timeToLive) {
    return isCurrent(claim);
  }

  @Override
  public boolean isCurrent(Claim claim) {
    return claim.equals(held.get(claim.key()));
  }

  @Override
  public boolean release(Claim claim) {
    if (!held.remove(claim.key(), claim)) {
      return false;
    }
    ended++;
    List<Runnable> woken = waiters.remove(claim.key());
    if (woken != null) {
      woken.forEach(Runnable::run);
    }
    return true;
  }

  @Override
  public long ended() {
    return ended;
  }

  @Override
  public Waiting whenFree(Fingerprint key, Runnable wake) {
    waiters.computeIfAbsent(key, any -> new ArrayList<>()).add(wake);
    return () -> {};
  }

  @Override
  public Optional<Claim> holder(Fingerprint key) {
    return Optional.ofNullable(held.get(key));
  }
}
