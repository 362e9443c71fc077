package dev.reprise.executor;

import static dev.reprise.cache.base.Checks.checkArgument;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A throwable as data, so that it crosses a process border whole.
 *
 * @param classes names of its class and that class's superclasses, most special first
 * @param message as thrown; null if it had none
 * @param stack frames as text, innermost first
 * @param cause null if it had none
 * @param suppressed in order
 */
public record ErrorInfo(
    List<String> classes,
    @Nullable String message,
    List<String> stack,
    @Nullable ErrorInfo cause,
    List<ErrorInfo> suppressed) {
  private static final List<String> OF_ENGINES =
      List.of("org.apache.spark.", "org.apache.hadoop.", "io.netty.", "org.sparkproject.");
  private static final List<String> OF_THE_JDK =
      List.of("java.", "javax.", "jdk.", "sun.", "com.sun.", "scala.");
  private static final int MOST_FRAMES = 200;
  private static final int DEEPEST_CAUSE = 20;

  public ErrorInfo {
    classes = List.copyOf(classes);
    checkArgument(!classes.isEmpty(), "an error has a class");
    stack = List.copyOf(stack);
    suppressed = List.copyOf(suppressed);
  }

  /** Captures {@code thrown}; long stacks and long chains of causes are cut. */
  public static ErrorInfo of(Throwable thrown) {
    return of(thrown, 0, Collections.newSetFromMap(new IdentityHashMap<>()));
  }

  private static ErrorInfo of(Throwable thrown, int depth, Set<Throwable> seen) {
    seen.add(thrown);
    List<String> classes = new ArrayList<>();
    for (Class<?> type = thrown.getClass();
        type != null && type != Object.class;
        type = type.getSuperclass()) {
      classes.add(type.getName());
    }
    List<String> stack = new ArrayList<>();
    for (StackTraceElement frame : thrown.getStackTrace()) {
      if (stack.size() == MOST_FRAMES) {
        stack.add("...");
        break;
      }
      stack.add(frame.toString());
    }
    Throwable cause = cause(thrown);
    boolean goOn = depth < DEEPEST_CAUSE;
    List<ErrorInfo> suppressed = new ArrayList<>();
    for (Throwable other : thrown.getSuppressed()) {
      if (goOn && !seen.contains(other)) {
        suppressed.add(of(other, depth + 1, seen));
      }
    }
    return new ErrorInfo(
        classes,
        message(thrown),
        stack,
        cause == null || !goOn || seen.contains(cause) ? null : of(cause, depth + 1, seen),
        suppressed);
  }

  /** An exception's own code may throw, and anything at that. */
  private static @Nullable String message(Throwable thrown) {
    try {
      return thrown.getMessage();
    } catch (RuntimeException | Error e) {
      return "(its getMessage() threw " + e.getClass().getName() + ")";
    }
  }

  private static @Nullable Throwable cause(Throwable thrown) {
    try {
      return thrown.getCause();
    } catch (RuntimeException | Error e) {
      return null;
    }
  }

  /** Whether this, or what caused it, is of the class {@code name} or a subclass of it. */
  public boolean isA(String name) {
    return classes.contains(name) || (cause != null && cause.isA(name));
  }

  /**
   * Whether an engine threw it by itself, such as for its own files or connections: the innermost
   * frame that is not the JDK's is one of Spark's, or of what Spark reads and talks with.
   */
  public boolean isOfEngine() {
    for (String frame : stack) {
      int call = frame.indexOf('(');
      String in = frame.substring(frame.lastIndexOf('/', call < 0 ? frame.length() : call) + 1);
      if (OF_ENGINES.stream().anyMatch(in::startsWith)) {
        return true;
      } else if (OF_THE_JDK.stream().noneMatch(in::startsWith)) {
        return false;
      }
    }
    return false;
  }

  /** The first line as a stack trace prints it. */
  public String headline() {
    return message == null ? classes.get(0) : classes.get(0) + ": " + message;
  }

  /** The whole as a stack trace prints it. */
  public String stackTrace() {
    StringBuilder text = new StringBuilder();
    print(text, "", "");
    return text.toString();
  }

  private void print(StringBuilder text, String indent, String caption) {
    text.append(indent).append(caption).append(headline()).append('\n');
    stack.forEach(frame -> text.append(indent).append("\tat ").append(frame).append('\n'));
    suppressed.forEach(other -> other.print(text, indent + "\t", "Suppressed: "));
    if (cause != null) {
      cause.print(text, indent, "Caused by: ");
    }
  }
}
