package dev.reprise.api;

import dev.reprise.cache.index.IndexLockedException;
import dev.reprise.home.HomeOptions;
import java.nio.file.Path;
import java.time.Clock;

/** Opens drivers whose time the test moves. */
public final class ClockedDriver {
  private ClockedDriver() {}

  /** Opens a driver at a home. */
  public static Driver open(Path home, Clock clock) throws IndexLockedException {
    return Driver.open(HomeOptions.at(home), "test", clock);
  }

  /** Opens a driver with these options. */
  public static Driver open(HomeOptions options, Clock clock) throws IndexLockedException {
    return Driver.open(options, "test", clock);
  }
}
