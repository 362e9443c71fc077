package dev.reprise.cache.code;

import dev.reprise.cache.fingerprint.Fingerprint;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One part in which the code of a task differs from what it was.
 *
 * @param part for people: {@code com.acme.Delays#late(int)}, {@code package org.duckdb}
 * @param change what became of it
 */
public record CodeDifference(String part, Change change) {
  private static final Pattern METHOD = Pattern.compile("([^#]*)#([^(]*)\\((.*)\\).*");
  private static final Pattern QUALIFIER = Pattern.compile("\\w+\\.");

  /** What became of a part. */
  public enum Change {
    /** It is another than it was. */
    CHANGED,
    /** It was not there, or not reached. */
    NEW,
    /** It is not there any more, or not reached. */
    GONE
  }

  /**
   * Compares two states of the code of a task.
   *
   * @return changed parts first, then new, then gone ones, each ascending by name; empty if the two
   *     are equal
   */
  public static List<CodeDifference> between(CodeFingerprint before, CodeFingerprint now) {
    Map<String, Fingerprint> all = new TreeMap<>(before.parts());
    all.putAll(now.parts());
    List<CodeDifference> differences = new ArrayList<>();
    for (String part : all.keySet()) {
      Change change = change(before.parts().get(part), now.parts().get(part));
      if (change != null) {
        differences.add(new CodeDifference(readable(part), change));
      }
    }
    differences.sort(Comparator.comparing(CodeDifference::change));
    return differences.stream().distinct().toList();
  }

  private static @Nullable Change change(@Nullable Fingerprint before, @Nullable Fingerprint now) {
    if (before == null) {
      return Change.NEW;
    }
    if (now == null) {
      return Change.GONE;
    }
    return before.equals(now) ? null : Change.CHANGED;
  }

  /** Leaves out what people do not need: packages of parameters, the type that is returned. */
  private static String readable(String part) {
    Matcher method = METHOD.matcher(part);
    if (!method.matches()) {
      return part;
    }
    String owner = method.group(1);
    return switch (method.group(2)) {
      case "<clinit>" -> owner + " static initialiser";
      case "<init>" -> owner + "#" + simple(owner) + parameters(method.group(3));
      default -> owner + "#" + method.group(2) + parameters(method.group(3));
    };
  }

  private static String simple(String className) {
    return className.substring(
        1 + Math.max(className.lastIndexOf('.'), className.lastIndexOf('$')));
  }

  private static String parameters(String types) {
    return "(" + QUALIFIER.matcher(types).replaceAll("").replace(",", ", ") + ")";
  }

  /** {@code com.acme.Delays#late(int) changed}. */
  @Override
  public String toString() {
    return part + " " + change.name().toLowerCase(Locale.ROOT);
  }
}
