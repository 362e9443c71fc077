package dev.reprise.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

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

  static int sleepIfNegative(int number) throws InterruptedException {
    if (number < 0) {
      Thread.sleep(60_000);
    }
    return number;
  }
}
