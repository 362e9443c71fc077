package dev.reprise.journal;

import static dev.reprise.cache.base.Checks.checkArgument;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * Makes ids of runs, such as {@code 20261121-072007-7f3a}: the time in UTC, then three digits for
 * the 4096th part of the second and a random one. So ids sort by age, also of runs that follow each
 * other within a second, and those of two processes differ.
 */
public final class RunIds {
  private static final Pattern FORM = Pattern.compile("\\d{8}-\\d{6}-[0-9a-f]{4}");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final int SUFFIX = 4;
  private static final int PER_SECOND = 1 << 12;

  private final Clock clock;
  private final RandomGenerator random;
  private long latest;

  public RunIds(Clock clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  /** A new id, after all that were made here before. */
  public synchronized String next() {
    Instant now = clock.instant();
    long part = (long) now.getNano() * PER_SECOND / 1_000_000_000;
    latest = Math.max(latest + 1, now.getEpochSecond() * PER_SECOND + part);
    return "%s-%03x%x"
        .formatted(
            TIME.format(Instant.ofEpochSecond(latest / PER_SECOND)),
            latest % PER_SECOND,
            random.nextInt(16));
  }

  /** Whether {@code text} has the form of an id. */
  public static boolean isId(String text) {
    return FORM.matcher(text).matches();
  }

  /** When a run of this id began, to the second; long ago if the id names no moment. */
  public static Instant moment(String id) {
    checkArgument(isId(id), "%s is no id of a run", id);
    try {
      return TIME.parse(id.substring(0, id.length() - SUFFIX - 1), Instant::from);
    } catch (DateTimeException e) {
      return Instant.EPOCH;
    }
  }

  /**
   * The id as shown to people: its last four digits, or all of it if another of {@code all} ends in
   * them.
   */
  public static String brief(String id, Collection<String> all) {
    String suffix = id.length() <= SUFFIX ? id : id.substring(id.length() - SUFFIX);
    boolean ambiguous = all.stream().anyMatch(other -> !other.equals(id) && other.endsWith(suffix));
    return ambiguous ? id : suffix;
  }
}
