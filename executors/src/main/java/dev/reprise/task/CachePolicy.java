package dev.reprise.task;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.base.Saturating;
import dev.reprise.cache.code.CodeFingerprint.Mode;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether and how results of a task are reused. Durations beyond {@link Saturating#LONGEST} are cut
 * to it.
 *
 * @param enabled whether results are read and kept at all
 * @param mode how the code enters the key
 * @param version in the key beside the code, or in place of it if {@code mode} is manual
 * @param timeToLive results expire so long after they were made; null for never
 * @param maxAge older results are not taken; null for any age
 * @param ignored arguments that are not in the key, by the name of the step's parameter
 * @param alsoRuns classes whose code enters the key although the analysis does not reach them
 * @param alsoReads class-path resources that enter the key, by path
 * @param paths whether a file of a source enters the key with its path below the source's folder,
 *     not by content alone
 */
public record CachePolicy(
    boolean enabled,
    Mode mode,
    @Nullable String version,
    @Nullable Duration timeToLive,
    @Nullable Duration maxAge,
    List<String> ignored,
    List<Class<?>> alsoRuns,
    List<String> alsoReads,
    boolean paths) {
  /** Reuse by all the code that can be reached, for ever. */
  public static final CachePolicy DEFAULT =
      new CachePolicy(true, Mode.CLOSURE, null, null, null, List.of(), List.of(), List.of(), true);

  /** No reuse. */
  public static final CachePolicy OFF = DEFAULT.withEnabled(false);

  public CachePolicy {
    checkArgument(
        version == null || version.matches("[A-Za-z0-9_-]+"),
        "bad version '%s': use letters, digits, '-' and '_'",
        version);
    checkArgument(
        mode != Mode.MANUAL || version != null,
        "a task whose code is identified by hand needs a version; call manualVersion(...)");
    checkArgument(
        timeToLive == null || !(timeToLive.isNegative() || timeToLive.isZero()),
        "time to live must be positive: %s",
        timeToLive);
    checkArgument(
        maxAge == null || !maxAge.isNegative(), "maximum age must not be negative: %s", maxAge);
    timeToLive = timeToLive == null ? null : Saturating.limit(timeToLive);
    maxAge = maxAge == null ? null : Saturating.limit(maxAge);
    ignored = List.copyOf(ignored);
    alsoRuns = List.copyOf(alsoRuns);
    alsoReads = List.copyOf(alsoReads);
  }

  /** Returns a copy with another {@code enabled}. */
  public CachePolicy withEnabled(boolean to) {
    return new CachePolicy(
        to, mode, version, timeToLive, maxAge, ignored, alsoRuns, alsoReads, paths);
  }

  /**
   * Returns a copy with another way to identify the code.
   *
   * @throws IllegalArgumentException if it is manual and there is no version yet
   */
  public CachePolicy withMode(Mode to) {
    return new CachePolicy(
        enabled, to, version, timeToLive, maxAge, ignored, alsoRuns, alsoReads, paths);
  }

  /** Returns a copy with another version. */
  public CachePolicy withVersion(String to) {
    return new CachePolicy(
        enabled, mode, to, timeToLive, maxAge, ignored, alsoRuns, alsoReads, paths);
  }

  /** Returns a copy with another time to live. */
  public CachePolicy withTimeToLive(Duration to) {
    return new CachePolicy(enabled, mode, version, to, maxAge, ignored, alsoRuns, alsoReads, paths);
  }

  /** Returns a copy with another maximum age. */
  public CachePolicy withMaxAge(Duration to) {
    return new CachePolicy(
        enabled, mode, version, timeToLive, to, ignored, alsoRuns, alsoReads, paths);
  }

  /** Returns a copy with other ignored arguments. */
  public CachePolicy withIgnored(List<String> to) {
    return new CachePolicy(
        enabled, mode, version, timeToLive, maxAge, to, alsoRuns, alsoReads, paths);
  }

  /** Returns a copy with other declared classes. */
  public CachePolicy withAlsoRuns(List<Class<?>> to) {
    return new CachePolicy(
        enabled, mode, version, timeToLive, maxAge, ignored, to, alsoReads, paths);
  }

  /** Returns a copy with other declared resources. */
  public CachePolicy withAlsoReads(List<String> to) {
    return new CachePolicy(
        enabled, mode, version, timeToLive, maxAge, ignored, alsoRuns, to, paths);
  }

  /** Returns a copy whose files enter the key with their paths, or by content alone. */
  public CachePolicy withPaths(boolean to) {
    return new CachePolicy(
        enabled, mode, version, timeToLive, maxAge, ignored, alsoRuns, alsoReads, to);
  }
}
