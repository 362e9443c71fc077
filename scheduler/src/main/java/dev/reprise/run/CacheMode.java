package dev.reprise.run;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a run does with the cache: {@code --cache}. */
public enum CacheMode {
  /** Reads and writes. */
  ON,
  /** Neither reads nor writes. */
  OFF,
  /** Reads and keeps nothing. */
  READ,
  /** Keeps every result and reads none. */
  WRITE,
  /** Executes everything and replaces what was kept. */
  REFRESH,
  /** As on; a cache that cannot be used fails the run (exit 5), damage in it too (exit 6). */
  REQUIRE;

  /** Whether results are looked up. */
  public boolean reads() {
    return this == ON || this == READ || this == REQUIRE;
  }

  /** Whether results are kept. */
  public boolean writes() {
    return this == ON || this == WRITE || this == REFRESH || this == REQUIRE;
  }

  /** As written on the command line. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The words of all modes, in order. */
  public static List<String> words() {
    return Arrays.stream(values()).map(CacheMode::word).collect(Collectors.toList());
  }
}
