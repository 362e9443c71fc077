package dev.reprise.cache.claim;

import dev.reprise.cache.fingerprint.Fingerprint;
import java.time.Duration;
import java.util.Optional;

/**
 * Who is computing what. A claim ends when it is released or when it is not renewed for its time to
 * live and another wants its key; its token then no longer counts, and a late attempt publishes
 * nothing.
 */
public interface Claims {
  /** For how long its users are to claim, and how often to renew. */
  default Lease lease() {
    return Lease.STANDARD;
  }

  /**
   * Reserves {@code key} for {@code owner}, or says who has it. A claim that ran out is taken over.
   *
   * @param owner shown to those who wait, such as {@code run 7f3a}
   */
  Outcome claim(Fingerprint key, String owner, Duration timeToLive);

  /** Prolongs a claim; false if it ran out and another took it, or waited for it to run out. */
  boolean renew(Claim claim, Duration timeToLive);

  /**
   * Whether the claim is still the current one for its key: ask before publishing. One that ran out
   * stays current until another takes it, or has waited for it to run out.
   */
  boolean isCurrent(Claim claim);

  /**
   * Ends a claim and wakes those who wait for its key.
   *
   * @return whether it was current; nothing happens if it was not
   */
  boolean release(Claim claim);

  /**
   * Ends a claim as {@link #release(Claim)}, of whose key there is a result, kept or not: those who
   * wait can tell that from one that failed.
   */
  default boolean releaseMade(Claim claim) {
    return release(claim);
  }

  /**
   * How many claims have ended so far, of any key: released, taken over, or run out while another
   * waited. As long as the number stays, nobody has let go of a key.
   */
  long ended();

  /**
   * Calls {@code wake} once, on some thread, when {@code key} is free, at once if it is now; the
   * caller then looks up and claims anew. A claim that runs out wakes its waiters too.
   *
   * @return ends the waiting
   */
  Waiting whenFree(Fingerprint key, Runnable wake);

  /** The current claim of a key. */
  Optional<Claim> holder(Fingerprint key);

  /**
   * A claim.
   *
   * @param token grows with every claim of any key; a result is published under the current one
   *     alone
   */
  record Claim(Fingerprint key, String owner, long token) {}

  /** A wait for a key to become free. */
  interface Waiting extends AutoCloseable {
    /** Ends the waiting; does nothing if it is over. A call that is under way may still arrive. */
    @Override
    void close();

    /**
     * Whether it was woken since there is a result, kept or not, or the key was free before it
     * began.
     */
    default boolean made() {
      return false;
    }
  }

  /** What came of asking for a claim. */
  sealed interface Outcome {
    /** The caller has it. */
    record Granted(Claim claim) implements Outcome {}

    /** Another has it. */
    record Held(Claim by) implements Outcome {}
  }
}
