package dev.reprise.cache.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Runs a main class in a JVM of its own, on the class path of this one. */
public final class ChildJvm {
  private static final long LIMIT_SECONDS = 120;

  /** A child that hangs must not hang the build: no interrupt ends the reading of its output. */
  private static final Executor AT_LAST = CompletableFuture.delayedExecutor(25, TimeUnit.MINUTES);

  private static final String CLASS_PATH = System.getProperty("java.class.path");

  private ChildJvm() {}

  /** What the child printed, and how it ended. */
  public record Outcome(int exit, String output) {}

  /** Runs {@code main} to its end; the output is stdout and stderr together, in UTF-8. */
  public static Outcome run(List<String> jvmOptions, Class<?> main, String... args)
      throws IOException, InterruptedException {
    return runUnder(List.of(), jvmOptions, main, args);
  }

  /**
   * Runs {@code main} to its end, started by another program.
   *
   * @param starter the program and its first arguments; the JVM's command line follows
   */
  public static Outcome runUnder(
      List<String> starter, List<String> jvmOptions, Class<?> main, String... args)
      throws IOException, InterruptedException {
    return outcome(start(starter, CLASS_PATH, jvmOptions, main, args), main);
  }

  /** Runs {@code main} to its end, on another class path. */
  public static Outcome runOn(
      String classPath, List<String> jvmOptions, Class<?> main, String... args)
      throws IOException, InterruptedException {
    return outcome(start(List.of(), classPath, jvmOptions, main, args), main);
  }

  private static Outcome outcome(Process process, Class<?> main)
      throws IOException, InterruptedException {
    CompletableFuture<Void> end = CompletableFuture.runAsync(process::destroyForcibly, AT_LAST);
    try {
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException(main.getName() + " did not end in " + LIMIT_SECONDS + " s");
      }
      return new Outcome(process.exitValue(), output);
    } finally {
      end.cancel(false);
      process.destroyForcibly();
    }
  }

  /** Starts {@code main}; the caller ends it. Its stderr goes where its stdout goes. */
  public static Process start(List<String> jvmOptions, Class<?> main, String... args)
      throws IOException {
    return start(List.of(), CLASS_PATH, jvmOptions, main, args);
  }

  private static Process start(
      List<String> starter,
      String classPath,
      List<String> jvmOptions,
      Class<?> main,
      String... args)
      throws IOException {
    List<String> command = new ArrayList<>(starter);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--add-opens=java.base/java.nio=ALL-UNNAMED");
    command.addAll(jvmOptions);
    command.add("-cp");
    command.add(classPath);
    command.add(main.getName());
    command.addAll(List.of(args));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }
}
