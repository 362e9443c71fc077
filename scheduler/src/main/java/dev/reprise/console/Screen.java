package dev.reprise.console;

import dev.reprise.cache.base.Alarms;
import dev.reprise.cache.base.Ticker;
import java.io.PrintStream;

/**
 * Where human output goes.
 *
 * @param out for what was asked
 * @param err for diagnostics
 * @param colours whether escape sequences may be written
 * @param width of a line, in characters
 * @param alarms for what is shown anew while nothing happens
 */
public record Screen(
    PrintStream out, PrintStream err, boolean colours, int width, Ticker ticker, Alarms alarms) {
  // The code that ends bold alone underlines on some terminals.
  private static final String RESET = "\u001b[0m";

  /** What a piece of text is, for its colour. The colour never says what the text does not. */
  public enum Tone {
    /** Done in this run. */
    DONE(32),
    /** Taken from the cache. */
    REUSED(36),
    /** Under way or to do. */
    ACTIVE(34),
    /** Not done, for a reason. */
    LEFT(33),
    /** Gone wrong. */
    BAD(31),
    /** Worth looking at first. */
    STRONG(1),
    /** Less important than the rest. */
    FAINT(2);

    private final String on;

    /** Takes a code of ECMA-48, "select graphic rendition". */
    Tone(int code) {
      this.on = "\u001b[" + code + "m";
    }

    /** The text in the colour of this. */
    public String paint(String text) {
      return text.isEmpty() ? text : on + text + RESET;
    }
  }

  /** The text in its colour, if there are colours. */
  public String paint(Tone tone, String text) {
    return colours ? tone.paint(text) : text;
  }
}
