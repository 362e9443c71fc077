package dev.reprise.cache.claim;

import static dev.reprise.cache.base.Checks.checkArgument;

import java.time.Duration;

/**
 * How long a claim keeps others waiting that is not renewed. Its owner renews it three times in
 * that time, for as long as it works; so this is how long the others wait for an owner that is
 * stuck.
 *
 * @param length from {@link #SHORTEST} to {@link #LONGEST}
 */
public record Lease(Duration length) {
  /** Less would make an owner lose its claims while it digests a file. */
  public static final Duration SHORTEST = Duration.ofSeconds(1);

  /** More would keep those who wait for an owner that is stuck from ever finding out. */
  public static final Duration LONGEST = Duration.ofMinutes(10);

  /** What is used where nobody asks for another: a minute. */
  public static final Lease STANDARD = new Lease(Duration.ofMinutes(1));

  public Lease {
    checkArgument(
        length.compareTo(SHORTEST) >= 0 && length.compareTo(LONGEST) <= 0,
        "a lease must be from %s to %s long, not %s",
        SHORTEST,
        LONGEST,
        length);
  }

  /** The lease that is nearest to what is asked for. */
  public static Lease asked(Duration length) {
    if (length.compareTo(SHORTEST) < 0) {
      return new Lease(SHORTEST);
    }
    return new Lease(length.compareTo(LONGEST) > 0 ? LONGEST : length);
  }

  /** After how long it is renewed. */
  public Duration heartbeat() {
    return length.dividedBy(3);
  }
}
