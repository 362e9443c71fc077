package dev.reprise.cli.doctor;

import java.util.Locale;

/**
 * What was found about one thing.
 *
 * @param name of the thing, one word
 * @param text what was found
 * @param wayOut what to do about it; empty if it is fine
 */
record Check(String name, State state, String text, String wayOut) {
  /** How it is, best first. */
  enum State {
    /** Fine. */
    OK,
    /** Works, but not as it should. */
    WARN,
    /** Does not work. */
    FAIL;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static Check ok(String name, String text) {
    return new Check(name, State.OK, text, "");
  }

  static Check warn(String name, String text, String wayOut) {
    return new Check(name, State.WARN, text, wayOut);
  }

  static Check fail(String name, String text, String wayOut) {
    return new Check(name, State.FAIL, text, wayOut);
  }
}
