package dev.reprise.run;

import dev.reprise.cache.base.Text;
import dev.reprise.graph.FileSet;
import dev.reprise.graph.Node;
import dev.reprise.graph.TaskGraph;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The partitions of a graph's sources that a run is asked for. The files of a source are told apart
 * by what stands in their labels, such as {@code month=2001-03}, or by the whole label under the
 * source's name. A source that has none of the names is read as a whole; one that has a name and
 * none of its values is left out, if another has them.
 *
 * <p>What is left out ends without a result, and with it whatever takes it: nothing is made of some
 * partitions that is to be made of all.
 */
public final class PartitionChoice {
  private static final int MOST_SHOWN = 12;

  private final Map<Integer, Chosen> sources;

  /**
   * Of one source.
   *
   * @param names of its partitions as they were asked for, null for those that were not
   * @param leftOut their places
   */
  private record Chosen(Node source, List<@Nullable String> names, BitSet leftOut) {
    boolean isEmpty() {
      return leftOut.cardinality() == names.size();
    }
  }

  /** A partition that a person named is not there. Correct the call (exit 2). */
  public static final class UnknownPartitionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnknownPartitionException(String message) {
      super(message);
    }
  }

  private PartitionChoice(Map<Integer, Chosen> sources) {
    this.sources = sources;
  }

  /**
   * Resolves partitions.
   *
   * @param wanted as {@link RunOptions#partitions} has them; empty for all
   * @throws UnknownPartitionException if there is none of a name; tells the nearest
   */
  public static PartitionChoice of(TaskGraph graph, Set<String> wanted) {
    Map<Integer, Chosen> sources = new TreeMap<>();
    if (wanted.isEmpty()) {
      return new PartitionChoice(sources);
    }
    Map<String, Set<String>> values = new LinkedHashMap<>();
    for (String each : wanted) {
      int equals = each.indexOf('=');
      if (equals < 1) {
        throw new UnknownPartitionException(
            "partition %s should be written as NAME=VALUE, such as month=2001-03"
                .formatted(Text.quote(each)));
      }
      values
          .computeIfAbsent(each.substring(0, equals), any -> new LinkedHashSet<>())
          .add(each.substring(equals + 1));
    }
    Map<String, Set<String>> unmet = new LinkedHashMap<>();
    values.forEach((name, of) -> unmet.put(name, new LinkedHashSet<>(of)));
    for (Node node : graph.nodes()) {
      if (node.kind() == Node.Kind.FILES) {
        Chosen chosen = choose(node, values, unmet);
        if (chosen != null) {
          sources.put(node.id(), chosen);
        }
      }
    }
    for (Map.Entry<String, Set<String>> left : unmet.entrySet()) {
      if (!left.getValue().isEmpty()) {
        throw unknown(graph, left.getKey(), left.getValue());
      }
    }
    if (sources.values().stream().allMatch(Chosen::isEmpty)) {
      throw new UnknownPartitionException(
          "%s of pipeline '%s' has no partition that is of all that was asked for: %s"
              .formatted(
                  sources.values().stream()
                      .map(chosen -> "source '%s'".formatted(chosen.source().name()))
                      .collect(Collectors.joining(", ")),
                  graph.pipeline(),
                  String.join(", ", wanted)));
    }
    return new PartitionChoice(sources);
  }

  private static @Nullable Chosen choose(
      Node node, Map<String, Set<String>> values, Map<String, Set<String>> unmet) {
    List<String> labels = labels(node);
    List<String> names =
        values.keySet().stream()
            .filter(name -> labels.stream().anyMatch(label -> value(node, name, label) != null))
            .toList();
    if (names.isEmpty()) {
      return null;
    }
    List<List<Set<String>>> met = new ArrayList<>(); // by name and place
    for (String name : names) {
      Set<String> wanted = Objects.requireNonNull(values.get(name));
      List<Set<String>> its = new PartitionNames(wanted).of(named(node, name, labels));
      its.forEach(Objects.requireNonNull(unmet.get(name))::removeAll);
      met.add(its);
    }
    List<@Nullable String> chosen = new ArrayList<>();
    BitSet leftOut = new BitSet();
    for (int place = 0; place < labels.size(); place++) {
      List<String> as = new ArrayList<>();
      for (int i = 0; i < names.size(); i++) {
        Iterator<String> of = met.get(i).get(place).iterator();
        if (of.hasNext()) {
          as.add(names.get(i) + "=" + of.next());
        }
      }
      boolean in = as.size() == names.size();
      chosen.add(in ? String.join(",", as) : null);
      leftOut.set(place, !in);
    }
    return new Chosen(node, chosen, leftOut);
  }

  /** What the labels say of {@code name}, null where they say nothing. */
  private static List<PartitionNames.@Nullable Named> named(
      Node node, String name, List<String> labels) {
    FileSet files = Objects.requireNonNull(node.files());
    List<PartitionNames.@Nullable Named> named = new ArrayList<>();
    for (int place = 0; place < labels.size(); place++) {
      String label = labels.get(place);
      String value = value(node, name, label);
      boolean last = value != null && label.endsWith(value);
      boolean ofFile = last && label.equals(files.place(place)); // else of its folder
      named.add(value == null ? null : new PartitionNames.Named(value, ofFile));
    }
    return named;
  }

  private static List<String> labels(Node node) {
    FileSet files = Objects.requireNonNull(node.files());
    return files.labels();
  }

  /** What a label says of {@code name}; null if nothing. */
  private static @Nullable String value(Node node, String name, String label) {
    for (String part : label.split("/", -1)) {
      if (part.startsWith(name + "=")) {
        return part.substring(name.length() + 1);
      }
    }
    return node.name().equals(name) ? label : null;
  }

  private static UnknownPartitionException unknown(
      TaskGraph graph, String name, Set<String> values) {
    Map<String, Set<String>> there = new LinkedHashMap<>(); // by source
    Set<String> names = new TreeSet<>();
    for (Node node : graph.nodes()) {
      if (node.kind() != Node.Kind.FILES) {
        continue;
      }
      names.add(node.name());
      for (String label : labels(node)) {
        for (String part : label.split("/", -1)) {
          int equals = part.indexOf('=');
          if (equals > 0) {
            names.add(part.substring(0, equals));
          }
        }
        String value = value(node, name, label);
        if (value != null) {
          there.computeIfAbsent(node.name(), any -> new LinkedHashSet<>()).add(value);
        }
      }
    }
    String first = values.iterator().next();
    if (names.isEmpty()) {
      return new UnknownPartitionException(
          "pipeline '%s' has no source of files, so none has partitions by %s"
              .formatted(graph.pipeline(), Text.quote(name)));
    } else if (there.isEmpty()) {
      return new UnknownPartitionException(
          "no source of pipeline '%s' has partitions by %s (they are by %s)%s"
              .formatted(graph.pipeline(), Text.quote(name), shown(names), Text.hint(name, names)));
    }
    return new UnknownPartitionException(
        "pipeline '%s' has no partition %s%s (%s)%s"
            .formatted(
                graph.pipeline(),
                Text.quote(name + "=" + first),
                values.size() == 1 ? "" : " and %d more".formatted(values.size() - 1),
                there.size() == 1
                    ? "it has " + shown(there.values().iterator().next())
                    : there.entrySet().stream()
                        .map(of -> "'%s' has %s".formatted(of.getKey(), shown(of.getValue())))
                        .collect(Collectors.joining("; ")),
                Text.hint(
                    first, there.values().stream().flatMap(Set::stream).distinct().toList())));
  }

  private static String shown(Set<String> names) {
    int more = names.size() - MOST_SHOWN;
    return names.isEmpty()
        ? "none"
        : names.stream().limit(MOST_SHOWN).collect(Collectors.joining(", "))
            + (more > 0 ? " and %d more".formatted(more) : "");
  }

  /** Whether all partitions are asked for. */
  public boolean isAll() {
    return sources.values().stream().allMatch(chosen -> chosen.leftOut().isEmpty());
  }

  /** Ids of the sources of which some partitions are asked for by name, ascending. */
  public Set<Integer> sources() {
    return sources.keySet();
  }

  /** The name by which a partition of a source is asked for; null if it is left out. */
  public @Nullable String name(int source, int place) {
    return chosen(source).names().get(place);
  }

  /** Places of the partitions of a source that are left out. */
  BitSet leftOut(int source) {
    return chosen(source).leftOut();
  }

  /** What to tell of what takes a partition that is left out. */
  String why(int source) {
    Chosen chosen = chosen(source);
    return "%d of %d partitions of '%s' are left out"
        .formatted(chosen.leftOut().cardinality(), chosen.names().size(), chosen.source().name());
  }

  private Chosen chosen(int source) {
    return Objects.requireNonNull(sources.get(source), "a source that nobody chose from");
  }
}
