package dev.reprise.cli.base;

import dev.reprise.config.Setting;
import dev.reprise.config.Settings;
import dev.reprise.run.RunPolicy;
import dev.reprise.task.CachePolicy;
import java.util.Map;

/** What a run says of cache policies, as settings say. */
public final class PolicySettings {
  private PolicySettings() {}

  /**
   * All that is set, put together.
   *
   * @throws dev.reprise.config.UsageException if something is not what is wanted
   */
  public static RunPolicy of(Settings settings) {
    RunPolicy policy = RunPolicy.NONE;
    for (Setting setting : Setting.values()) {
      if (setting.property().isPresent() && says(settings, setting)) {
        for (Map.Entry<String, CachePolicy> each : settings.policies(setting).entrySet()) {
          policy =
              each.getKey().isEmpty()
                  ? policy.withAll(each.getValue())
                  : policy.withStep(each.getKey(), each.getValue());
        }
      }
    }
    return policy;
  }

  /** Of other settings {@code none} says nothing; that equal units do not wait is something. */
  private static boolean says(Settings settings, Setting setting) {
    return setting == Setting.POLICY_SHARING
        ? !settings.given(setting).value().isEmpty()
        : settings.given(setting).present();
  }
}
