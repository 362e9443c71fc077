package dev.reprise.executor;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.base.Durations;
import dev.reprise.cache.base.Saturating;
import dev.reprise.cache.base.Sizes;
import dev.reprise.cache.base.Text;
import java.time.Duration;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The options of one engine, out of those of all engines that an executor is given. */
public final class EngineOptions {
  private final SortedMap<String, String> options;

  private EngineOptions(SortedMap<String, String> options) {
    this.options = options;
  }

  /**
   * Takes the options of an engine.
   *
   * @param all as in {@link ExecutorFactory.Setting}
   * @param engine for people, such as {@code Spark}
   * @param prefix of the names of its options, such as {@code spark.}
   * @param names those that there are
   * @throws IllegalArgumentException if one is given that there is not; names the nearest
   */
  public static EngineOptions of(
      SortedMap<String, String> all, String engine, String prefix, Set<String> names) {
    for (String name : all.tailMap(prefix).keySet()) {
      checkArgument(
          !name.startsWith(prefix) || names.contains(name),
          "the %s executor has no option %s%s; it has %s",
          engine,
          Text.quote(name),
          Text.hint(name, names),
          String.join(", ", new TreeSet<>(names)));
    }
    return new EngineOptions(all);
  }

  /** An option as it was given; null if it was not. */
  public @Nullable String text(String name) {
    return options.get(name);
  }

  /**
   * An option that is a duration, no longer than {@link Saturating#LONGEST}.
   *
   * @throws IllegalArgumentException if it is none
   */
  public Duration duration(String name, Duration otherwise) {
    return parse(
        name, otherwise, text -> Saturating.limit(Durations.parse(text)), "500ms, 5s or 2m");
  }

  /**
   * An option that is a size, in bytes.
   *
   * @throws IllegalArgumentException if it is none
   */
  public long size(String name, long otherwise) {
    return parse(name, otherwise, Sizes::parse, "512m or 4g");
  }

  /**
   * An option that is a whole number from 1 on.
   *
   * @throws IllegalArgumentException if it is none
   */
  public int number(String name, int otherwise) {
    return parse(name, otherwise, EngineOptions::positive, "1 or a larger number");
  }

  private static int positive(String text) {
    int number = Integer.parseInt(text);
    checkArgument(number > 0, "not positive: %s", number);
    return number;
  }

  private <T> T parse(String name, T otherwise, Function<String, T> parser, String forms) {
    String text = options.get(name);
    if (text == null) {
      return otherwise;
    }
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "option %s cannot be %s: write %s".formatted(name, Text.quote(text), forms), e);
    }
  }
}
