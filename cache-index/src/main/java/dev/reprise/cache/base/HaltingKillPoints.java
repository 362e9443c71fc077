package dev.reprise.cache.base;

import static dev.reprise.cache.base.Checks.checkArgument;

import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Halts the JVM at a kill point, as {@code kill -9} would: no shutdown hook, no {@code finally}.
 *
 * <p>Written as {@code C6:3}, at the third passing of C6, or {@code C6:1/5}, at each passing with a
 * chance of 1 in 5, drawn from a seed so that a test can be run again.
 */
public final class HaltingKillPoints implements KillPoints {
  /** Names the kill point in a crash test's JVM. */
  public static final String PROPERTY = "reprise.kill";

  /** Seeds the chance of a form like {@code C6:1/5}. */
  public static final String SEED_PROPERTY = "reprise.kill.seed";

  /** Exit status of a halted JVM, as of one that was killed with signal 9. */
  public static final int STATUS = 137;

  private static final Pattern FORM =
      Pattern.compile("([CG][0-9]+):([1-9][0-9]*)(?:/([1-9][0-9]*))?");

  private final KillPoint where;
  private final int count;
  private final int outOf;
  private final Random random;
  private int passed;

  private HaltingKillPoints(KillPoint where, int count, int outOf, Random random) {
    this.where = where;
    this.count = count;
    this.outOf = outOf;
    this.random = random;
  }

  /**
   * Reads the kill point from the system properties of a crash test's JVM.
   *
   * @return {@link KillPoints#NONE} if the property is not set
   */
  public static KillPoints fromSystemProperties() {
    String form = System.getProperty(PROPERTY);
    return form == null ? NONE : parse(form, Long.getLong(SEED_PROPERTY, 1));
  }

  /**
   * Reads a form such as {@code C6:1/5}.
   *
   * @throws IllegalArgumentException if it is not of that form
   */
  public static HaltingKillPoints parse(String form, long seed) {
    Matcher matcher = FORM.matcher(form);
    checkArgument(
        matcher.matches(),
        "kill point '%s' is not of the form C6:3 or C6:1/5 (%s)",
        form,
        PROPERTY);
    int outOf = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
    return new HaltingKillPoints(
        KillPoint.valueOf(matcher.group(1)),
        Integer.parseInt(matcher.group(2)),
        outOf,
        new Random(seed));
  }

  @Override
  public synchronized void pass(KillPoint point) {
    if (point != where) {
      return;
    }
    passed++;
    if (outOf == 0 ? passed == count : random.nextInt(outOf) < count) {
      Runtime.getRuntime().halt(STATUS);
    }
  }
}
