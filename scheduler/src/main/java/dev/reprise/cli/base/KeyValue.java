package dev.reprise.cli.base;

import dev.reprise.cache.base.Text;
import dev.reprise.config.UsageException;
import java.util.Map;

/** What is written {@code KEY=VALUE} on a command line. */
public record KeyValue(String key, String value) {
  /**
   * Takes it apart at the first {@code =}.
   *
   * @param option that it was given for, for people
   * @throws UsageException if there is none, or nothing in front of it
   */
  public static KeyValue parse(String option, String text) {
    int equals = text.indexOf('=');
    if (equals < 1) {
      throw new UsageException(
          "%s: %s should be written as KEY=VALUE".formatted(option, Text.quote(text)));
    }
    return new KeyValue(text.substring(0, equals), text.substring(equals + 1));
  }

  /** The pair as a map of one. */
  public Map<String, String> asMap() {
    return Map.of(key, value);
  }
}
