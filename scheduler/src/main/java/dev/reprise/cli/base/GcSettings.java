package dev.reprise.cli.base;

import dev.reprise.config.Setting;
import dev.reprise.config.Settings;
import dev.reprise.home.GcOptions;

/** How much a home may hold, as settings say. */
public final class GcSettings {
  private GcSettings() {}

  /**
   * The limits that are set.
   *
   * @throws dev.reprise.config.UsageException if one is not what is wanted
   */
  public static GcOptions of(Settings settings) {
    return new GcOptions(
        settings.optionalBytes(Setting.GC_MAX_SIZE).orElse(GcOptions.NONE.maxBytes()),
        settings.optionalDuration(Setting.GC_MAX_AGE).orElse(null),
        settings.optionalNumber(Setting.GC_KEEP_RUNS),
        settings.duration(Setting.GC_GRACE),
        settings.optionalDuration(Setting.GC_EVERY).orElse(null),
        GcOptions.NONE.told());
  }
}
