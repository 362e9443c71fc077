package dev.reprise.home;

import static java.util.Objects.requireNonNullElse;

import dev.reprise.cache.base.Text;
import dev.reprise.cache.codec.ArrowTable;
import dev.reprise.cache.codec.RegisteredTypes;
import dev.reprise.cache.codec.SharedCodecs;
import dev.reprise.cache.codec.TableRow;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.Payload;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.StepKeys;
import dev.reprise.run.Differences;
import dev.reprise.task.Receipt;
import java.io.IOException;
import java.lang.reflect.Array;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Looks for the first difference of two results in their values. */
final class FirstDifference implements Differences {
  private static final int LONGEST_VALUE = 80;
  private static final int DEEPEST = 50;

  /** Of two tables; each row of one is held as a map. */
  private static final long MOST_ROWS = 200_000;

  private final TaskGraph graph;
  private final StepKeys steps;
  private final ResultStore store;
  private final Function<String, String> spoilt;
  private final SharedCodecs codecs = new SharedCodecs();

  /**
   * @param spoilt see {@link #spoilt}
   */
  FirstDifference(
      TaskGraph graph, StepKeys steps, ResultStore store, Function<String, String> spoilt) {
    this.graph = graph;
    this.steps = steps;
    this.store = store;
    this.spoilt = spoilt;
  }

  @Override
  public String spoilt(String step) {
    return spoilt.apply(step);
  }

  @Override
  public String first(int node, Manifest before, Manifest now) throws IOException {
    if (before.shape() != now.shape()) {
      return "%s before, %s now".formatted(words(before.shape()), words(now.shape()));
    } else if (before.shape() == Shape.PIECES) {
      try (ArrowTable one = table(before);
          ArrowTable other = table(now)) {
        return ofTables(one, other);
      }
    }
    List<PartitionRef> ones = before.partitions();
    List<PartitionRef> others = now.partitions();
    for (int i = 0; i < Math.min(ones.size(), others.size()); i++) {
      if (!ones.get(i).content().equals(others.get(i).content())) {
        Object one = decode(node, ones.get(i));
        Object other = decode(node, others.get(i));
        try {
          return of(before.shape() == Shape.ONE ? "" : "[" + i + "]", one, other, 0);
        } finally {
          close(one);
          close(other);
        }
      }
    }
    return ones.size() == others.size()
        ? ""
        : "%d elements before, %d now".formatted(ones.size(), others.size());
  }

  private static String words(Shape shape) {
    return switch (shape) {
      case ONE -> "one value";
      case MANY -> "a list of values";
      case PIECES -> "a table in pieces";
    };
  }

  private ArrowTable table(Manifest manifest) throws IOException {
    List<Payload> pieces = new ArrayList<>();
    for (PartitionRef piece : manifest.partitions()) {
      pieces.add(store.read(piece.location()));
    }
    return ArrowTable.read(pieces);
  }

  private @Nullable Object decode(int node, PartitionRef partition) throws IOException {
    Class<?> function = graph.node(node).step().function().getClass();
    ClassLoader loader =
        requireNonNullElse(function.getClassLoader(), ClassLoader.getSystemClassLoader());
    try {
      RegisteredTypes types =
          RegisteredTypes.named(steps.resolved(node).code().registered(), loader)
              .with(Receipt.class);
      return codecs.of(types).decode(partition.codec(), store.read(partition.location()));
    } catch (ClassNotFoundException e) {
      throw new IOException("a class of the result is not on the class path: " + e.getMessage(), e);
    }
  }

  private static void close(@Nullable Object value) {
    if (value instanceof ArrowTable table) {
      table.close();
    }
  }

  private static String of(String path, @Nullable Object one, @Nullable Object other, int depth) {
    if (one == null || other == null || one.getClass() != other.getClass() || depth > DEEPEST) {
      return leaf(path, one, other);
    } else if (one instanceof ArrowTable table) {
      return at(path, ofTables(table, (ArrowTable) other));
    } else if (one instanceof Map<?, ?> map) {
      return ofMaps(path, map, (Map<?, ?>) other, depth);
    } else if (one instanceof Set<?>) {
      return leaf(path, one, other);
    } else if (one instanceof Collection<?> all) {
      return ofElements(path, all.iterator(), ((Collection<?>) other).iterator(), depth);
    } else if (one.getClass().isArray()) {
      return ofElements(path, elements(one), elements(other), depth);
    } else if (one instanceof Record) {
      return ofRecords(path, one, other, depth);
    }
    return leaf(path, one, other);
  }

  private static String ofRecords(String path, Object one, Object other, int depth) {
    for (RecordComponent component : one.getClass().getRecordComponents()) {
      try {
        component.getAccessor().setAccessible(true);
        String found =
            of(
                path + "." + component.getName(),
                component.getAccessor().invoke(one),
                component.getAccessor().invoke(other),
                depth + 1);
        if (!found.isEmpty()) {
          return found;
        }
      } catch (ReflectiveOperationException | RuntimeException e) {
        return leaf(path, one, other); // in a module that does not let us look
      }
    }
    return "";
  }

  private static String ofMaps(String path, Map<?, ?> one, Map<?, ?> other, int depth) {
    for (Map.Entry<?, ?> each : one.entrySet()) {
      String place = path + "[" + shown(each.getKey()) + "]";
      if (!other.containsKey(each.getKey())) {
        return place + " is " + shown(each.getValue()) + " before, not there now";
      }
      String found = of(place, each.getValue(), other.get(each.getKey()), depth + 1);
      if (!found.isEmpty()) {
        return found;
      }
    }
    for (Object key : other.keySet()) {
      if (!one.containsKey(key)) {
        return "%s[%s] is not there before, %s now"
            .formatted(path, shown(key), shown(other.get(key)));
      }
    }
    return "";
  }

  private static Iterator<?> elements(Object array) {
    List<@Nullable Object> all = new ArrayList<>();
    for (int i = 0; i < Array.getLength(array); i++) {
      all.add(Array.get(array, i));
    }
    return all.iterator();
  }

  private static String ofElements(String path, Iterator<?> one, Iterator<?> other, int depth) {
    for (int i = 0; one.hasNext() || other.hasNext(); i++) {
      String place = path + "[" + i + "]";
      if (!one.hasNext()) {
        return place + " is not there before, " + shown(other.next()) + " now";
      } else if (!other.hasNext()) {
        return place + " is " + shown(one.next()) + " before, not there now";
      }
      String found = of(place, one.next(), other.next(), depth + 1);
      if (!found.isEmpty()) {
        return found;
      }
    }
    return "";
  }

  private static String leaf(String path, @Nullable Object one, @Nullable Object other) {
    String difference = "%s before, %s now".formatted(shown(one), shown(other));
    return Objects.equals(one, other) ? "" : at(path, difference);
  }

  private static String at(String path, String difference) {
    return path.isEmpty() || difference.isEmpty() ? difference : path + " is " + difference;
  }

  private static String shown(@Nullable Object value) {
    return Text.safe(String.valueOf(value), LONGEST_VALUE);
  }

  /**
   * The first row that one of them has more often than the other, by its values: most tables have
   * no order.
   */
  private static String ofTables(ArrowTable one, ArrowTable other) {
    if (!one.schema().equals(other.schema())) {
      return "columns %s before, %s now"
          .formatted(shown(one.schema().getFields()), shown(other.schema().getFields()));
    }
    if (one.rowCount() + other.rowCount() > MOST_ROWS) {
      return "in one of %d rows, too many to tell which".formatted(other.rowCount());
    }
    Map<Map<String, @Nullable Object>, Integer> left = new LinkedHashMap<>();
    one.forEachRow(row -> left.merge(row.toMap(), 1, Integer::sum));
    String[] more = {""};
    long[] number = {0};
    other.forEachRow(
        row -> {
          String extra = taken(left, row, number);
          more[0] = more[0].isEmpty() ? extra : more[0];
        });
    long[] before = {0};
    String[] fewer = {""};
    if (!left.isEmpty()) {
      one.forEachRow(
          row -> {
            before[0]++;
            if (fewer[0].isEmpty() && left.containsKey(row.toMap())) {
              fewer[0] = "row %d is %s before".formatted(before[0], shown(row));
            }
          });
    }
    if (more[0].isEmpty() && fewer[0].isEmpty()) {
      return one.rowCount() == other.rowCount() ? "the order of rows" : "the number of rows";
    }
    String separator = more[0].isEmpty() || fewer[0].isEmpty() ? "" : ", ";
    return fewer[0] + separator + more[0];
  }

  private static String taken(
      Map<Map<String, @Nullable Object>, Integer> left, TableRow row, long[] number) {
    number[0]++;
    Map<String, @Nullable Object> values = row.toMap();
    if (!left.containsKey(values)) {
      return "row %d is %s now".formatted(number[0], shown(row));
    }
    left.computeIfPresent(values, (any, count) -> count == 1 ? null : count - 1);
    return "";
  }
}
