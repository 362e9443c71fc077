package dev.reprise.cli.pipeline;

import dev.reprise.api.Pipeline;
import dev.reprise.cache.base.Text;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.ExitCode;
import java.io.PrintStream;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Says so if user code ends the process, as a task or a probe does that calls {@code System.exit}:
 * what was asked for is not done then, whatever code was given. Signals end it as ever, and nothing
 * can be said of {@code Runtime.halt}, which asks nobody.
 */
final class ExitFromInside implements AutoCloseable {
  private static final int LONGEST_PLACE = 300;

  private final PrintStream err;
  private final Supplier<String> when;
  private final int exitCode;
  private final Thread hook = new Thread(this::tell, "reprise-exit");

  /**
   * Watches until it is closed.
   *
   * @param when the end of a sentence, and what more is to be said in lines of their own
   * @param exitCode of a process that is ended so
   */
  ExitFromInside(PrintStream err, Supplier<String> when, ExitCode exitCode) {
    this.err = err;
    this.when = when;
    this.exitCode = exitCode.code();
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException e) {
      tell(); // the first task was faster
    }
  }

  /** Has user code define a pipeline, and says so if it ends the process. */
  static Pipeline defining(CommandContext context, Supplier<Pipeline> definition) {
    try (ExitFromInside watch =
        new ExitFromInside(
            context.err(), () -> "while the pipeline was defined", ExitCode.INVALID_PLAN)) {
      return definition.get();
    }
  }

  private void tell() {
    String place = place();
    if (place == null) {
      return; // a signal
    }
    try {
      err.printf(
          "error: the process was ended from inside, by System.exit at %s, %s%n",
          place, when.get());
      err.flush();
    } finally {
      Runtime.getRuntime().halt(exitCode);
    }
  }

  /** Where the process is ended; null if it is by nobody in it. */
  private static @Nullable String place() {
    for (StackTraceElement[] frames : Thread.getAllStackTraces().values()) {
      for (int i = 0; i < frames.length; i++) {
        if (frames[i].getClassName().equals(Runtime.class.getName())
            && frames[i].getMethodName().equals("exit")) {
          int at = i + 1;
          while (at < frames.length - 1 && frames[at].getClassName().startsWith("java.")) {
            at++;
          }
          return text(frames[Math.min(at, frames.length - 1)]);
        }
      }
    }
    return null;
  }

  /** Without the class loader, which only frames of living threads name. */
  private static String text(StackTraceElement frame) {
    String place =
        "%s.%s(%s:%d)"
            .formatted(
                frame.getClassName(),
                frame.getMethodName(),
                frame.getFileName(),
                frame.getLineNumber());
    return Text.safe(place, LONGEST_PLACE);
  }

  @Override
  public void close() {
    end();
  }

  /** All is done: code that goes on may end the process as it likes. */
  void end() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // It is running, and ends the process.
    }
  }
}
