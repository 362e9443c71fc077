package dev.reprise.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Where something is measured.
 *
 * @param processor its model, as far as the system tells
 * @param heap most that the JVM takes, in bytes
 */
record Machine(String processor, int cores, String jdk, long heap) {
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

  static Machine here() {
    Runtime runtime = Runtime.getRuntime();
    return new Machine(
        processorName(),
        runtime.availableProcessors(),
        Runtime.version().toString(),
        runtime.maxMemory());
  }

  private static String processorName() {
    try {
      for (String line : Files.readAllLines(PROCESSORS)) {
        if (line.startsWith("model name")) {
          return line.substring(line.indexOf(':') + 1).trim();
        }
      }
    } catch (IOException e) {
      // Not Linux.
    }
    return System.getProperty("os.arch", "unknown");
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%s, %d cores, JDK %s, heap %d MiB", processor, cores, jdk, heap >> 20);
  }
}
