package dev.reprise.cache.code;

import java.util.List;

/**
 * The packages whose code is not looked at, beside those of the JDK: what a task calls there enters
 * its identity by name alone. A version of theirs that matters is a part of the key of its own.
 *
 * @param packages names, each with all packages below it
 * @param except names of packages below those that are looked at nevertheless
 */
public record PlatformPackages(List<String> packages, List<String> except) {
  /**
   * The engines with what they bring to every program, logging, and Reprise itself without its
   * examples.
   */
  public static final PlatformPackages STANDARD =
      new PlatformPackages(
          List.of(
              "dev.reprise",
              "io.ray",
              "org.apache.arrow",
              "org.apache.commons.logging",
              "org.apache.hadoop",
              "org.apache.log4j",
              "org.apache.logging",
              "org.apache.spark",
              "org.slf4j",
              "scala"),
          List.of("dev.reprise.bench", "dev.reprise.examples"));

  public PlatformPackages {
    packages = List.copyOf(packages);
    except = List.copyOf(except);
  }

  /** Whether the class of this binary name lies in one of the packages. */
  public boolean contains(String className) {
    return within(packages, className) && !within(except, className);
  }

  private static boolean within(List<String> packages, String className) {
    for (String name : packages) {
      if (className.length() > name.length()
          && className.charAt(name.length()) == '.'
          && className.startsWith(name)) {
        return true;
      }
    }
    return false;
  }
}
