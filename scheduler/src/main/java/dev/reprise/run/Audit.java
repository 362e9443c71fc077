package dev.reprise.run;

import static dev.reprise.cache.base.Checks.checkArgument;

import java.math.BigDecimal;

/**
 * Which results of a run are made a second time when it has made or found all of them, to be
 * compared by content. Nothing of the second execution is kept.
 *
 * @param share of the units that were reused, from 0 for none to 1 for all; rounded up to whole
 *     units
 * @param twice whether each unit that was executed is executed once more
 * @param failing whether a difference ends the run with exit code 6
 * @param seed chooses the units together with the names of their steps and partitions; empty for
 *     the id of the run, which is told
 * @see <a href="../../../../../../docs/adr/0012-audit.md">ADR-0012</a>
 */
public record Audit(double share, boolean twice, boolean failing, String seed) {
  /** Nothing is executed twice. */
  public static final Audit NONE = new Audit(0, false, false, "");

  public Audit {
    checkArgument(share >= 0 && share <= 1, "a share is from 0 to 1: %s", share);
  }

  /** Executes a share of what is reused again. */
  public static Audit of(double share) {
    return NONE.withShare(share);
  }

  /** Whether anything may be executed twice. */
  public boolean asked() {
    return share > 0 || twice;
  }

  /** Returns a copy with another share of the units that are reused, from 0 to 1. */
  public Audit withShare(double to) {
    return new Audit(to, twice, failing, seed);
  }

  /** Returns a copy that executes each unit twice that must be executed, or does not. */
  public Audit withTwice(boolean to) {
    return new Audit(share, to, failing, seed);
  }

  /** Returns a copy with which a difference ends the run with exit code 6, or does not. */
  public Audit withFailing(boolean to) {
    return new Audit(share, twice, to, seed);
  }

  /** Returns a copy that chooses by another seed; the same one chooses the same units. */
  public Audit withSeed(String to) {
    return new Audit(share, twice, failing, to);
  }

  /**
   * Reads a share such as {@code 5%}.
   *
   * @throws IllegalArgumentException if it is not above 0 and at most 100 percent
   */
  public static double share(String text) {
    String number = text.strip();
    checkArgument(number.endsWith("%"), "a share is written as 5%%");
    try {
      double share =
          new BigDecimal(number.substring(0, number.length() - 1).strip())
              .movePointLeft(2)
              .doubleValue();
      checkArgument(share > 0 && share <= 1, "a share is above 0%% and at most 100%%");
      return share;
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("a share is written as 5%", e);
    }
  }

  /** The share as it is written, such as {@code 5%}. */
  public String shown() {
    String number =
        BigDecimal.valueOf(share).movePointRight(2).stripTrailingZeros().toPlainString();
    return number + "%";
  }
}
