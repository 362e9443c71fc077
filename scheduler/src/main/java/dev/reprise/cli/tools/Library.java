package dev.reprise.cli.tools;

import java.security.CodeSource;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The jar in which a class lies, and its version. Neither runs any of its code. */
final class Library {
  private static final Pattern VERSION = Pattern.compile(".*-(\\d[\\w.]*(-SNAPSHOT)?)\\.jar");

  private Library() {}

  /**
   * The version of the jar that holds {@code className}: what its manifest says, else its name.
   *
   * @return empty if the class is not there, or nothing tells the version
   */
  static Optional<String> version(String className) {
    Class<?> type;
    try {
      type = Class.forName(className, false, Library.class.getClassLoader());
    } catch (ClassNotFoundException | LinkageError e) {
      return Optional.empty();
    }
    String told = type.getPackage().getImplementationVersion();
    return told != null ? Optional.of(told) : fromJar(type);
  }

  private static Optional<String> fromJar(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    if (source == null || source.getLocation() == null) {
      return Optional.empty();
    }
    Matcher name = VERSION.matcher(source.getLocation().getPath());
    return name.matches() ? Optional.of(name.group(1)) : Optional.empty();
  }
}
