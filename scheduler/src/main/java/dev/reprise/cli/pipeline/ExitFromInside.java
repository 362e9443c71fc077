package dev.reprise.cli.pipeline;

import java.io.PrintStream;
import java.util.function.Supplier;

/**
 * Says so if the process is ended by code in it while a run is under way, as a task does that calls
 * {@code System.exit}: the run is not complete then, whatever code was asked for. Nothing can be
 * said of {@code Runtime.halt}, which asks nobody.
 */
final class ExitFromInside implements AutoCloseable {
  private final PrintStream err;
  private final Supplier<String> run;
  private final int exitCode;
  private final Thread hook = new Thread(this::tell, "reprise-exit");

  /**
   * Watches until it is closed.
   *
   * @param run its id, for people
   * @param exitCode of a process that is ended so
   */
  ExitFromInside(PrintStream err, Supplier<String> run, int exitCode) {
    this.err = err;
    this.run = run;
    this.exitCode = exitCode;
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException e) {
      tell(); // the first task was faster
    }
  }

  private void tell() {
    try {
      err.printf(
          "error: the process was ended from inside, by a task that calls System.exit probably,"
              + " while run %s was under way%n",
          run.get());
      err.println("  what was finished is kept, and the next run goes on from there");
      err.flush();
    } finally {
      Runtime.getRuntime().halt(exitCode);
    }
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // It is running, and ends the process.
    }
  }
}
