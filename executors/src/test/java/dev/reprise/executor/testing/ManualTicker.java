package dev.reprise.executor.testing;

import dev.reprise.cache.base.Ticker;
import java.time.Duration;

/** Time that moves when the test moves it. */
public final class ManualTicker implements Ticker {
  private volatile long nanos;

  @Override
  public long nanos() {
    return nanos;
  }

  /** Lets time pass. */
  public void advance(Duration by) {
    nanos += by.toNanos();
  }
}
