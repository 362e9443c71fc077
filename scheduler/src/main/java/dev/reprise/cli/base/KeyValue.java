package dev.reprise.cli.base;

import dev.reprise.cache.base.Text;
import dev.reprise.config.UsageException;
import java.util.Map;

/** What is written {@code KEY=VALUE} or {@code NAME=VALUE} on a command line. */
public record KeyValue(String key, String value) {
  /**
   * Takes it apart at the first {@code =}.
   *
   * @param option that it was given for, for people
   * @param form of the value, as help shows it
   * @throws UsageException if there is none, or nothing in front of it
   */
  public static KeyValue parse(String option, String form, String text) {
    int equals = text.indexOf('=');
    if (equals < 1) {
      throw new UsageException(
          "%s: %s should be written as %s".formatted(option, Text.quote(text), form));
    }
    return new KeyValue(text.substring(0, equals), text.substring(equals + 1));
  }

  /** The pair as a map of one. */
  public Map<String, String> asMap() {
    return Map.of(key, value);
  }
}
