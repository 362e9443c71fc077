package dev.reprise.worker;

import dev.reprise.cache.store.DamagedBlobException;
import dev.reprise.executor.ErrorInfo;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Throwables as data, with what the user needs to know and the worker's own frames left out. */
final class Errors {
  /** Where user code begins; frames from here on are ours. */
  private static final String OURS = Invocation.class.getName() + ".";

  private static final int DEEPEST_CAUSE = 50;

  private final String host;
  private final String codeFrom;

  /**
   * @param codeFrom where the user's classes come from, for people; empty if nothing can be said
   */
  Errors(String host, String codeFrom) {
    this.host = host;
    this.codeFrom = codeFrom;
  }

  /** What to do about a class that a worker has not, in words that follow on others. */
  static String addTheJar(String codeFrom) {
    return (codeFrom.isEmpty() ? "" : "; it is not in " + codeFrom)
        + "; add the jar that has the class to the driver's class path, from where workers get theirs";
  }

  /** Describes {@code thrown}, whatever its own methods do. */
  ErrorInfo describe(Throwable thrown) {
    try {
      ErrorInfo info = withoutOurs(ErrorInfo.of(thrown));
      String advice = advice(thrown);
      return advice == null ? info : withMessage(info, message(info, advice));
    } catch (Throwable e) {
      // Its methods throw, or memory is still short. Names are there without any code of the
      // user's.
      return new ErrorInfo(
          List.of(thrown.getClass().getName()),
          "cannot be told in full: telling it threw " + e.getClass().getName(),
          List.of(),
          null,
          List.of());
    }
  }

  private @Nullable String advice(Throwable thrown) {
    if (thrown instanceof OutOfMemoryError) {
      return "the heap of this process on %s may have %s MiB: give it more with -Xmx, or let fewer units run at one time"
              .formatted(host, Runtime.getRuntime().maxMemory() >> 20)
          + " by telling what one needs, .memory(bytes)";
    }
    if (thrown instanceof StackOverflowError) {
      return "the code calls itself without end, or deeper than the thread's stack reaches; -Xss makes it"
          + " larger";
    }
    // A NoClassDefFoundError also tells of a class whose initializer failed earlier.
    boolean missing =
        thrown instanceof ClassNotFoundException
            || (thrown instanceof NoClassDefFoundError
                && !String.valueOf(thrown.getMessage()).contains(" "));
    String way = codeFrom.isEmpty() ? "" : addTheJar(codeFrom);
    return missing ? "it is not on the class path of the worker on " + host + way : null;
  }

  private static String message(ErrorInfo info, String advice) {
    return info.message() == null ? advice : info.message() + " (" + advice + ")";
  }

  private static ErrorInfo withMessage(ErrorInfo info, String message) {
    return new ErrorInfo(info.classes(), message, info.stack(), info.cause(), info.suppressed());
  }

  private static ErrorInfo withoutOurs(ErrorInfo info) {
    List<String> stack = new ArrayList<>();
    for (String frame : info.stack()) {
      if (frame.startsWith(OURS)) {
        break;
      }
      stack.add(frame);
    }
    List<ErrorInfo> suppressed = new ArrayList<>();
    info.suppressed().forEach(other -> suppressed.add(withoutOurs(other)));
    ErrorInfo cause = info.cause();
    return new ErrorInfo(
        info.classes(),
        info.message(),
        stack,
        cause == null ? null : withoutOurs(cause),
        suppressed);
  }

  /** The damaged blob behind {@code thrown}, if that is what went wrong. */
  static @Nullable DamagedBlobException damage(Throwable thrown) {
    try {
      Throwable cause = thrown;
      for (int depth = 0; cause != null && depth < DEEPEST_CAUSE; depth++) {
        if (cause instanceof DamagedBlobException damaged) {
          return damaged;
        }
        cause = cause.getCause();
      }
    } catch (RuntimeException | Error e) {
      // A getCause() of the user's that throws is no damage of ours.
    }
    return null;
  }
}
