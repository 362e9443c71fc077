package dev.reprise.journal;

import dev.reprise.executor.ErrorInfo;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what user code says of a failure, which may be a whole document: a run with thousands of
 * failures would write a journal that nobody can read any more. What was printed is kept elsewhere.
 */
final class LongText {
  /** Most characters of one message. */
  static final int MOST = 64 << 10;

  private LongText() {}

  /** The text, or its beginning with a note of how long it was. */
  static String cut(String text) {
    if (text.length() <= MOST) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(MOST - 1)) ? MOST - 1 : MOST;
    return "%s… (cut, %,d characters)".formatted(text.substring(0, end), text.length());
  }

  /** The error with its message, and those of what caused it, cut. */
  static @Nullable ErrorInfo cut(@Nullable ErrorInfo error) {
    if (error == null || !isLong(error)) {
      return error;
    }
    return new ErrorInfo(
        error.classes(),
        error.message() == null ? null : cut(error.message()),
        error.stack(),
        cut(error.cause()),
        error.suppressed().stream().map(LongText::cutThere).toList());
  }

  private static ErrorInfo cutThere(ErrorInfo error) {
    ErrorInfo cut = cut(error);
    return cut == null ? error : cut;
  }

  private static boolean isLong(ErrorInfo error) {
    String message = error.message();
    ErrorInfo cause = error.cause();
    return (message != null && message.length() > MOST)
        || (cause != null && isLong(cause))
        || error.suppressed().stream().anyMatch(LongText::isLong);
  }
}
