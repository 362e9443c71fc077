package dev.reprise.cache.base;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Preconditions whose message names the thing, the value found and the value wanted. Every engine
 * brings a Guava of its own, so none is used here.
 */
public final class Checks {
  private Checks() {}

  /**
   * Refuses a bad argument.
   *
   * @param message may hold {@code %s} places for {@code args}
   * @throws IllegalArgumentException if {@code holds} is false; the caller passed something wrong
   */
  public static void checkArgument(boolean holds, String message, @Nullable Object... args) {
    if (!holds) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, message, args));
    }
  }

  /**
   * Refuses to go on in a state that must not be.
   *
   * @param message may hold {@code %s} places for {@code args}
   * @throws IllegalStateException if {@code holds} is false; this is a bug, report it
   */
  public static void checkState(boolean holds, String message, @Nullable Object... args) {
    if (!holds) {
      throw new IllegalStateException(String.format(Locale.ROOT, message, args));
    }
  }
}
