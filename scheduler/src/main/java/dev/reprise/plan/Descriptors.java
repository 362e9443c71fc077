package dev.reprise.plan;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** What is said of a function's types as class files say it: {@code (ILjava/lang/String;)V}. */
final class Descriptors {
  private static final Pattern TYPE = Pattern.compile("\\[*(?:L[^;]*;|[BCDFIJSZ])");

  private Descriptors() {}

  /**
   * The signature with the types of some arguments alone, in another order.
   *
   * @param signature a descriptor, with anything behind it
   * @param arguments places among the arguments that a step passes
   * @param arity how many it passes; what the function takes in front of them stays
   */
  static String taking(String signature, List<Integer> arguments, int arity) {
    int end = signature.indexOf(')');
    List<String> types =
        TYPE.matcher(signature.substring(1, end)).results().map(MatchResult::group).toList();
    int front = types.size() - arity;
    StringBuilder taking = new StringBuilder("(");
    types.subList(0, front).forEach(taking::append);
    arguments.forEach(place -> taking.append(types.get(front + place)));
    return taking.append(signature, end, signature.length()).toString();
  }
}
