package dev.reprise.executor;

import java.util.Locale;

/**
 * What was found about one thing that runs depend on.
 *
 * @param name of the thing, one word
 * @param text what was found
 * @param wayOut what to do about it; empty if it is fine
 */
public record Check(String name, State state, String text, String wayOut) {
  /** How it is, best first. */
  public enum State {
    /** Fine. */
    OK,
    /** Works, but not as it should. */
    WARN,
    /** Does not work. */
    FAIL;

    /** For people and for JSON. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** It is fine. */
  public static Check ok(String name, String text) {
    return new Check(name, State.OK, text, "");
  }

  /** It works, but not as it should. */
  public static Check warn(String name, String text, String wayOut) {
    return new Check(name, State.WARN, text, wayOut);
  }

  /** It does not work. */
  public static Check fail(String name, String text, String wayOut) {
    return new Check(name, State.FAIL, text, wayOut);
  }
}
