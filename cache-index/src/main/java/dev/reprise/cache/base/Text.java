package dev.reprise.cache.base;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Text for people that is made of text from elsewhere: bounded, and without control characters. */
public final class Text {
  private static final int LONGEST_QUOTE = 80;

  private Text() {}

  /** Returns {@code text} in single quotes, safe to print and cut to 80 characters. */
  public static String quote(String text) {
    return "'" + safe(text, LONGEST_QUOTE) + "'";
  }

  /**
   * Returns {@code text} with control, format and direction characters escaped, cut to {@code
   * longest} characters with the whole length told.
   */
  public static String safe(String text, int longest) {
    StringBuilder safe = new StringBuilder();
    int taken = 0;
    for (int i = 0; i < text.length() && taken < longest; taken++) {
      int point = text.codePointAt(i);
      i += Character.charCount(point);
      int type = Character.getType(point);
      boolean harmless =
          type != Character.CONTROL
              && type != Character.FORMAT
              && type != Character.SURROGATE
              && type != Character.LINE_SEPARATOR
              && type != Character.PARAGRAPH_SEPARATOR;
      if (harmless) {
        safe.appendCodePoint(point);
      } else {
        safe.append("\\u{").append(Integer.toHexString(point)).append('}');
      }
    }
    int length = text.codePointCount(0, text.length());
    return length <= longest ? safe.toString() : safe + "… (" + length + " characters)";
  }

  /** What went wrong: the message of {@code thrown}, or its name if it has none. */
  public static String why(Throwable thrown) {
    String message = thrown.getMessage();
    return message == null ? thrown.toString() : message;
  }

  /**
   * Returns the candidate that {@code wanted} was probably meant to be: the one with the fewest
   * edits, if they are at most a third of its length (at least two).
   */
  public static Optional<String> nearest(String wanted, Collection<String> candidates) {
    String best = null;
    int fewest = Integer.MAX_VALUE;
    String lower = wanted.toLowerCase(Locale.ROOT);
    if (lower.length() > 200) {
      return Optional.empty();
    }
    for (String candidate : candidates) {
      int edits = distance(lower, candidate.toLowerCase(Locale.ROOT));
      if (edits < fewest) {
        fewest = edits;
        best = candidate;
      }
    }
    return best != null && fewest <= Math.max(2, best.length() / 3)
        ? Optional.of(best)
        : Optional.empty();
  }

  /** Returns {@code ; did you mean 'x'?}, or nothing if no candidate is near. */
  public static String hint(String wanted, Collection<String> candidates) {
    return nearest(wanted, candidates).map(near -> "; did you mean '" + near + "'?").orElse("");
  }

  /** Levenshtein's distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitute = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substitute, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
