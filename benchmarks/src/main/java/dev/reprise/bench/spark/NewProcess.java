package dev.reprise.bench.spark;

import static dev.reprise.cache.base.Checks.checkState;

import dev.reprise.bench.compare.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Starts a class in a JVM of its own, which has the options and the class path of this one. */
final class NewProcess {
  private static final int MOST_MINUTES = 5;

  private final Path folder;

  /**
   * @param folder where what it prints is put
   */
  NewProcess(Path folder) {
    this.folder = folder;
  }

  /**
   * What a process told of itself.
   *
   * @param nanos that what counts took
   * @param result to be compared
   */
  record Told(double nanos, String result) {
    /** For the process: prints it as its last line. */
    @Override
    public String toString() {
      return nanos + " " + result;
    }

    static Told of(String line) {
      int end = line.indexOf(' ');
      checkState(end > 0, "a process ended with the line '%s'", line);
      return new Told(Double.parseDouble(line.substring(0, end)), line.substring(end + 1));
    }
  }

  /** Runs it to its end; returns what it printed last. */
  Told run(String main, String... arguments) throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process =
        JavaProcess.of(main, arguments)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      checkState(
          process.waitFor(MOST_MINUTES, TimeUnit.MINUTES),
          "%s does not end within %s minutes",
          main,
          MOST_MINUTES);
    } finally {
      process.destroyForcibly();
    }
    List<String> lines = Files.readAllLines(out);
    checkState(
        process.exitValue() == 0 && !lines.isEmpty(),
        "%s ended with exit code %s: %s",
        main,
        process.exitValue(),
        Files.readString(err));
    return Told.of(lines.get(lines.size() - 1));
  }
}
