package dev.reprise.console;

import dev.reprise.cache.base.Alarms;
import dev.reprise.cache.base.Ticker;
import java.io.PrintStream;
import picocli.CommandLine.Help.Ansi.Style;

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
    DONE(Style.fg_green),
    /** Taken from the cache. */
    REUSED(Style.fg_cyan),
    /** Under way or to do. */
    ACTIVE(Style.fg_blue),
    /** Not done, for a reason. */
    LEFT(Style.fg_yellow),
    /** Gone wrong. */
    BAD(Style.fg_red),
    /** Worth looking at first. */
    STRONG(Style.bold),
    /** Less important than the rest. */
    FAINT(Style.faint);

    private final Style style;

    Tone(Style style) {
      this.style = style;
    }

    /** The text in the colour of this. */
    public String paint(String text) {
      return text.isEmpty() ? text : style.on() + text + RESET;
    }
  }

  /** The text in its colour, if there are colours. */
  public String paint(Tone tone, String text) {
    return colours ? tone.paint(text) : text;
  }
}
