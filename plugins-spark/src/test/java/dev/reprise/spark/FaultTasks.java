package dev.reprise.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;

/** Code of a user's that is bad for the process it runs in. */
final class FaultTasks {
  private FaultTasks() {}

  /** Halts the process, unless {@code mark} is there: the first time, it leaves it. */
  static int haltOnce(Path mark) throws IOException {
    if (Files.notExists(mark)) {
      Files.createFile(mark);
      Runtime.getRuntime().halt(137);
    }
    return 1;
  }

  /** Ends the process in order, and leaves a letter in {@code count}. */
  static int exit(Path count) throws IOException {
    Files.writeString(count, "x", StandardOpenOption.APPEND);
    System.exit(3);
    return 1;
  }

  /** So many letters. */
  static String text(int length) {
    return "x".repeat(length);
  }

  static int sleepIfNegative(int number) throws InterruptedException {
    if (number < 0) {
      Thread.sleep(60_000);
    }
    return number;
  }

  static int nap(int millis) throws InterruptedException {
    Thread.sleep(millis);
    return millis;
  }

  /**
   * How many units there were at one time, this one included, each with a file in {@code folder}.
   */
  static int together(String folder) throws IOException, InterruptedException {
    Path mine = Files.createTempFile(Path.of(folder), "unit", null);
    int most = 0;
    for (int i = 0; i < 5; i++) {
      Thread.sleep(10);
      try (Stream<Path> all = Files.list(Path.of(folder))) {
        most = Math.max(most, (int) all.count());
      }
    }
    Files.delete(mine);
    return most;
  }

  /** An effect: leaves a letter in {@code count}. */
  static void effect(String count) throws IOException {
    Files.writeString(Path.of(count), "x", StandardOpenOption.APPEND);
  }
}
