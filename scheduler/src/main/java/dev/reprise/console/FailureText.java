package dev.reprise.console;

import dev.reprise.cache.base.Text;
import dev.reprise.executor.ErrorInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An error of user code as people want it: what was thrown, where in their code, and what caused
 * it; the whole trace only if it is asked for.
 */
public final class FailureText {
  private static final int LONGEST_MESSAGE = 1000;
  private static final int MOST_CAUSES = 10;
  private static final int FRAMES = 3;

  private FailureText() {}

  /** A few lines, without indentation. */
  public static List<String> brief(ErrorInfo error) {
    List<String> lines = new ArrayList<>();
    ErrorInfo each = error;
    String before = "";
    for (int i = 0; each != null && i < MOST_CAUSES; i++) {
      if (!isToldBy(before, each)) {
        lines.add((i == 0 ? "" : "caused by ") + Text.safe(each.headline(), LONGEST_MESSAGE));
      }
      before = each.headline();
      ErrorInfo cause = each.cause();
      if (cause == null || i == MOST_CAUSES - 1) {
        each.stack().stream().limit(FRAMES).forEach(frame -> lines.add("  at " + safe(frame)));
      } else {
        userFrame(each).ifPresent(frame -> lines.add("  at " + safe(frame)));
      }
      each = cause;
    }
    return lines;
  }

  /**
   * Whether a headline ends with what its cause says: many wrap an error and repeat its message.
   */
  private static boolean isToldBy(String headline, ErrorInfo cause) {
    String message = cause.message();
    return headline.endsWith(": " + cause.headline())
        || (message != null && !message.isEmpty() && headline.endsWith(": " + message));
  }

  /** The frame in which user code noticed: the first that is not the JDK's. */
  private static Optional<String> userFrame(ErrorInfo error) {
    return error.stack().stream().filter(frame -> !frame.startsWith("java.")).findFirst();
  }

  /** All lines of the trace. */
  public static List<String> whole(ErrorInfo error) {
    return error
        .stackTrace()
        .lines()
        .map(line -> Text.safe(line.replace("\t", "    "), LONGEST_MESSAGE))
        .toList();
  }

  /** The first line; empty if there is no error. */
  public static String headline(@Nullable ErrorInfo error) {
    return error == null ? "" : Text.safe(error.headline(), LONGEST_MESSAGE);
  }

  private static String safe(String frame) {
    return Text.safe(frame, LONGEST_MESSAGE);
  }
}
