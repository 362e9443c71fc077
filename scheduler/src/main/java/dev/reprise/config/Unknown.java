package dev.reprise.config;

import dev.reprise.cache.base.Text;
import java.util.Arrays;
import java.util.Collection;

/** What is said of a setting that there is none of. */
final class Unknown {
  private Unknown() {}

  /** There is no key {@code key}, which was found at {@code where}. */
  static UsageException key(String where, String key) {
    return of(where, key, Setting.keys());
  }

  /** There is no environment variable {@code name}. */
  static UsageException variable(String name) {
    return of(
        "environment variable " + Text.safe(name, 100),
        name,
        Arrays.stream(Setting.values()).map(Setting::variable).toList());
  }

  private static UsageException of(String where, String name, Collection<String> names) {
    return new UsageException(
        "%s: there is no setting %s%s ('reprise doctor --show-config' lists all)"
            .formatted(where, Text.quote(name), Text.hint(name, names)));
  }
}
