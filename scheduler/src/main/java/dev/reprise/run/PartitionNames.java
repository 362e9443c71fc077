package dev.reprise.run;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds partitions by values of one name. A value means what is called so; if nothing is, what is
 * called so without endings of a file, as few as can be; and if nothing is either, what is the same
 * number.
 */
final class PartitionNames {
  private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");
  private static final Pattern DIGITS = Pattern.compile("\\d+");

  private final Set<String> wanted;
  private final Map<Long, List<String>> numbers = new HashMap<>();

  /**
   * What a partition is called.
   *
   * @param ofFile whether it is how a file's name ends, so that it may have an ending
   */
  record Named(String value, boolean ofFile) {}

  PartitionNames(Set<String> wanted) {
    this.wanted = wanted;
    for (String value : wanted) {
      if (isNumber(value)) {
        numbers.computeIfAbsent(Long.parseLong(value), any -> new ArrayList<>()).add(value);
      }
    }
  }

  /** The values by which each is asked for, in the order of {@code named}; most by none or one. */
  List<Set<String>> of(List<@Nullable Named> named) {
    List<List<Set<String>>> byWay = new ArrayList<>();
    Set<String> found = new LinkedHashSet<>();
    int most = 0;
    for (Named each : named) {
      most = Math.max(most, each == null ? 0 : withoutEndings(each).size());
    }
    for (int way = 0; way <= most + 1; way++) {
      Set<String> foundNow = new LinkedHashSet<>();
      List<Set<String>> its = new ArrayList<>();
      for (Named each : named) {
        Set<String> met = each == null ? Set.of() : way > most ? asNumber(each) : meant(each, way);
        if (!met.isEmpty()) {
          met.removeAll(found); // in a better way
          foundNow.addAll(met);
        }
        its.add(met);
      }
      found.addAll(foundNow);
      byWay.add(its);
    }
    List<Set<String>> all = new ArrayList<>();
    for (int place = 0; place < named.size(); place++) {
      Set<String> of = new LinkedHashSet<>();
      for (List<Set<String>> its : byWay) {
        of.addAll(its.get(place));
      }
      all.add(of);
    }
    return all;
  }

  /** What it is asked for as without so many endings: with fewer goes before with more. */
  private Set<String> meant(Named named, int endings) {
    Set<String> met = new LinkedHashSet<>();
    List<String> without = withoutEndings(named);
    if (endings == 0) {
      add(named.value(), met);
    } else if (endings <= without.size()) {
      add(without.get(endings - 1), met);
    }
    return met;
  }

  private Set<String> asNumber(Named named) {
    List<String> without = withoutEndings(named);
    String shortest = without.isEmpty() ? named.value() : without.get(without.size() - 1);
    return isNumber(shortest)
        ? new LinkedHashSet<>(numbers.getOrDefault(Long.parseLong(shortest), List.of()))
        : new LinkedHashSet<>();
  }

  private void add(String value, Set<String> met) {
    if (wanted.contains(value)) {
      met.add(value);
    }
  }

  /** Without one ending, without two, and so on; what is a number is none: {@code 1.5.csv}. */
  private static List<String> withoutEndings(Named named) {
    List<String> all = new ArrayList<>();
    String rest = named.value();
    while (named.ofFile()) {
      int dot = rest.lastIndexOf('.');
      boolean isEnding = dot > rest.lastIndexOf('/') + 1 && dot < rest.length() - 1;
      if (!isEnding || DIGITS.matcher(rest.substring(dot + 1)).matches()) {
        break;
      }
      rest = rest.substring(0, dot);
      all.add(rest);
    }
    return all;
  }

  private static boolean isNumber(String text) {
    return NUMBER.matcher(text).matches();
  }
}
