package dev.reprise.cli.pipeline;

import dev.reprise.api.Driver;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.index.IndexLockedException;
import dev.reprise.cli.base.GcSettings;
import dev.reprise.cli.base.ScopeSettings;
import dev.reprise.config.Setting;
import dev.reprise.config.Settings;
import dev.reprise.home.HomeOptions;
import dev.reprise.home.HomeOptions.Access;
import dev.reprise.run.CacheMode;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Opens the home that the settings name. */
final class Homes {
  private static final Duration BETWEEN_REMINDERS = Duration.ofSeconds(30);

  private Homes() {}

  /** What a run with this mode does with the index. */
  static Access access(CacheMode mode) {
    return switch (mode) {
      case OFF -> Access.NONE;
      case READ -> Access.READ;
      case ON, WRITE, REFRESH -> Access.WRITE;
      case REQUIRE -> Access.REQUIRE;
    };
  }

  /**
   * Opens a driver.
   *
   * @param command what this process runs, told to others who wait
   * @param err where it is said that this waits
   * @throws IndexLockedException if another process holds the index and does not let go in time
   */
  static Driver open(Settings settings, Access access, String command, PrintStream err)
      throws IndexLockedException {
    HomeOptions options =
        HomeOptions.at(settings.home())
            .withStore(settings.store())
            .withLease(settings.duration(Setting.LEASE))
            .withProbeTimeout(settings.duration(Setting.PROBE_TIMEOUT))
            .withPublishReplaces(settings.truth(Setting.PUBLISH_REPLACE))
            .withFartherStores(settings.fartherStores())
            .withAccess(access)
            .withLockTimeout(settings.duration(Setting.LOCK_TIMEOUT), waiting(err, Ticker.system()))
            .withFreeSpaceFloor(settings.bytes(Setting.STORE_FREE_SPACE_FLOOR))
            .withGc(GcSettings.of(settings).withTold(err::println));
    return Driver.open(ScopeSettings.of(settings, options), command);
  }

  /** Told again and again what is waited for; says so at once and then now and again. */
  static Consumer<String> waiting(PrintStream err, Ticker ticker) {
    AtomicLong next = new AtomicLong(ticker.nanos());
    return what -> {
      long now = ticker.nanos();
      if (now - next.get() >= 0) {
        next.set(now + BETWEEN_REMINDERS.toNanos());
        err.println("waiting: " + what);
      }
    };
  }
}
