package dev.reprise.testing;

import dev.reprise.cache.claim.Claims;
import dev.reprise.cache.fingerprint.Fingerprint;
import java.time.Duration;
import java.util.Optional;

/** Claims that leave all to others, for those that do some of it themselves. */
public abstract class ForwardingClaims implements Claims {
  private final Claims claims;

  /** Leaves all to {@code claims}. */
  protected ForwardingClaims(Claims claims) {
    this.claims = claims;
  }

  @Override
  public Outcome claim(Fingerprint key, String owner, Duration timeToLive) {
    return claims.claim(key, owner, timeToLive);
  }

  @Override
  public boolean renew(Claim claim, Duration timeToLive) {
    return claims.renew(claim, timeToLive);
  }

  @Override
  public boolean isCurrent(Claim claim) {
    return claims.isCurrent(claim);
  }

  @Override
  public boolean release(Claim claim) {
    return claims.release(claim);
  }

  @Override
  public boolean releaseMade(Claim claim) {
    return claims.releaseMade(claim);
  }

  @Override
  public long ended() {
    return claims.ended();
  }

  @Override
  public Waiting whenFree(Fingerprint key, Runnable wake) {
    return claims.whenFree(key, wake);
  }

  @Override
  public Optional<Claim> holder(Fingerprint key) {
    return claims.holder(key);
  }
}
