package dev.reprise.cli.base;

import dev.reprise.config.Setting;
import dev.reprise.config.Settings;
import dev.reprise.config.UsageException;
import dev.reprise.home.HomeOptions;
import java.util.List;

/** Whose results are seen, as settings say. */
public final class ScopeSettings {
  private ScopeSettings() {}

  /**
   * Returns the options with the project, the environment and its parents that are set.
   *
   * @throws UsageException if the environment is among its own parents
   */
  public static HomeOptions of(Settings settings, HomeOptions options) {
    try {
      return options
          .withParents(List.of())
          .withScope(settings.text(Setting.PROJECT), settings.text(Setting.ENVIRONMENT))
          .withParents(settings.names(Setting.ENVIRONMENT_PARENTS));
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          "%s: %s; leave it out there"
              .formatted(settings.given(Setting.ENVIRONMENT_PARENTS).source(), e.getMessage()));
    }
  }
}
