package dev.reprise.executor;

import static dev.reprise.cache.base.Checks.checkArgument;

/**
 * What a process runs on, as far as it may change what user code returns: the JDK's own methods
 * differ from one major version to the next, floating point from one kind of processor to another.
 *
 * @param java its major version of Java
 * @param processor kind of processor, as {@code amd64} or {@code aarch64}
 */
public record Platform(int java, String processor) {
  private static final Platform HERE =
      new Platform(Runtime.version().feature(), name(System.getProperty("os.arch", "")));

  public Platform {
    checkArgument(java > 0, "there is no Java %s", java);
  }

  /** The platform of this process. */
  public static Platform here() {
    return HERE;
  }

  /** One kind has two names. */
  private static String name(String processor) {
    return processor.equals("x86_64") ? "amd64" : processor;
  }

  /** For people: {@code Java 17 on amd64}. */
  @Override
  public String toString() {
    return "Java " + java + " on " + processor;
  }
}
