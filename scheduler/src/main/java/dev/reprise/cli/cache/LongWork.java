package dev.reprise.cli.cache;

import dev.reprise.cache.upkeep.Progress;
import dev.reprise.console.Figures;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Says every few seconds how far long work has come. */
final class LongWork implements Progress {
  private static final Duration BETWEEN = Duration.ofSeconds(2);

  private final String doing;
  private final PrintStream err;
  private final InstantSource clock;
  private Instant last;

  /**
   * @param doing what is done to entries, such as {@code checked}
   */
  LongWork(String doing, PrintStream err, InstantSource clock) {
    this.doing = doing;
    this.err = err;
    this.clock = clock;
    this.last = clock.instant();
  }

  @Override
  public void at(long entries, long bytes) {
    Instant now = clock.instant();
    if (Duration.between(last, now).compareTo(BETWEEN) >= 0) {
      last = now;
      err.printf(
          "%s %s%s%n",
          doing,
          Figures.count(entries) + " entries",
          bytes == 0 ? "" : ", " + Figures.bytes(bytes));
    }
  }
}
