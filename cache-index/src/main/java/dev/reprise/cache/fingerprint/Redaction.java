package dev.reprise.cache.fingerprint;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What is written down in place of values that look like secrets by their names. Secrets have a
 * type of their own, {@link Secret}; this is for what people pass as plain text all the same.
 */
public final class Redaction {
  private static final Pattern SECRET =
      Pattern.compile(
          "secret|passw|passphrase|pwd|token|credential|(access|private|api).?key"
              // The last word of a name: an author is no auth, and to pass through is no pass.
              + "|(?<![a-z])(pass|auth)$|(?-i:[a-z](Pass|Auth)$)",
          Pattern.CASE_INSENSITIVE);

  private Redaction() {}

  /** Whether the name says that what it stands for is a secret. */
  public static boolean hides(String name) {
    return SECRET.matcher(name).find();
  }

  /** The value, or what stands for it if the name says that it is a secret. */
  public static String shown(String name, String value) {
    return hides(name) ? Secret.SHOWN_AS : value;
  }

  /** A word of a command line, with what stands for the secret that it gives, if it does. */
  public static String shown(String word) {
    // As in --param=db-password=hunter2, the name may be after an equals sign.
    for (int end = word.indexOf('='); end >= 0; end = word.indexOf('=', end + 1)) {
      if (hides(word.substring(0, end))) {
        return word.substring(0, end + 1) + Secret.SHOWN_AS;
      }
    }
    return word;
  }

  /** The values by name, in their order, each as {@link #shown(String, String)}. */
  public static Map<String, String> shown(Map<String, String> values) {
    Map<String, String> shown = new LinkedHashMap<>();
    values.forEach((name, value) -> shown.put(name, shown(name, value)));
    return shown;
  }
}
