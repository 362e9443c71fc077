package dev.reprise.ray;

import dev.reprise.cache.base.Text;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says what Ray's Java API throws when a task will have no result. */
final class RayWords {
  /** It cannot decode the newer ones of Ray's codes of errors, and tells their digits. */
  private static final Pattern CODE =
      Pattern.compile("Unrecognized metadata \\[(\\d+)(?:, (\\d+))?]");

  /** From {@code ErrorType} in Ray's {@code common.proto}. */
  private static final Map<Integer, String> MEANING =
      Map.of(
          7, "its runtime environment could not be made",
          8, "its result was lost with the node that had it",
          15, "the raylet of the driver's node died",
          18, "no node can run it",
          20, "the disk of its node is full",
          22, "Ray killed it, since its node had no memory left",
          23, "its node died");

  private RayWords() {}

  static String of(Throwable thrown) {
    String says = Text.why(thrown);
    Matcher code = CODE.matcher(says);
    if (!code.find()) {
      return "killed, out of memory, or a crash in native code (Ray says: " + says + ")";
    }
    int number = digit(code.group(1));
    if (code.group(2) != null) {
      number = 10 * number + digit(code.group(2));
    }
    return MEANING.getOrDefault(number, "killed, or a crash") + " (Ray's error " + number + ")";
  }

  private static int digit(String ascii) {
    return Integer.parseInt(ascii) - '0';
  }
}
