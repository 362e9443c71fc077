package dev.reprise.config;

import java.nio.file.Path;

/**
 * The value of a setting, as it was given.
 *
 * @param value as written; empty for none
 * @param source where it was given, for people: {@code --home}, {@code REPRISE_HOME}, {@code
 *     /etc/reprise.conf:3}, {@code default}
 * @param folder that a relative path is relative to
 */
public record Given(String value, String source, Path folder) {
  /** The source of what nobody gave. */
  public static final String DEFAULT = "default";

  private static final String NONE = "none";

  /** Whether there is a value. */
  public boolean present() {
    return !value.isEmpty() && !value.equals(NONE);
  }

  /** The value for people. */
  public String shown() {
    return present() ? value : NONE;
  }
}
