package dev.reprise.journal;

import java.util.regex.Pattern;

/**
 * What is written down in place of values that look like secrets by their names. Secrets have a
 * type of their own; this is for what people pass to engines and on command lines all the same.
 */
public final class Redaction {
  /** What stands for a secret. */
  public static final String HIDDEN = "•••";

  private static final Pattern SECRET =
      Pattern.compile(
          "secret|passw|token|credential|(access|private|api).?key", Pattern.CASE_INSENSITIVE);

  private Redaction() {}

  /** The value, or what stands for it if the name says that it is a secret. */
  public static String shown(String name, String value) {
    return SECRET.matcher(name).find() ? HIDDEN : value;
  }
}
