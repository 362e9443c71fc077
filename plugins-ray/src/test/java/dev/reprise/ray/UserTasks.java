package dev.reprise.ray;

import dev.reprise.task.TaskContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** User code that workers do not survive. */
final class UserTasks {
  private UserTasks() {}

  static int add(int a, int b) {
    return a + b;
  }

  /** Tells its process, then waits for a minute. */
  static int tellAndWait(Path to) throws IOException, InterruptedException {
    Files.writeString(to, Long.toString(ProcessHandle.current().pid()));
    Thread.sleep(60_000);
    return 1;
  }

  static int exit(int code) {
    System.exit(code);
    return code;
  }

  static int halt(int code) {
    Runtime.getRuntime().halt(code);
    return code;
  }

  /** Notes that it ran, and ends the process if it is told to. */
  static int note(Path to, boolean end) throws IOException {
    Files.writeString(
        to,
        TaskContext.current().attempt() + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    if (end) {
      Runtime.getRuntime().halt(3);
    }
    return 1;
  }
}
