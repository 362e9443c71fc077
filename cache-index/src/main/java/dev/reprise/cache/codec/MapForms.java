package dev.reprise.cache.codec;

import static java.util.Objects.requireNonNull;

import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import dev.reprise.cache.fingerprint.Preview;
import java.util.AbstractMap;
import java.util.Collections;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Forms of maps and entries; ordered and sorted as collections are. */
final class MapForms {
  private MapForms() {}

  @SuppressWarnings("JdkObsolete") // users have some
  static void addTo(Forms forms, ObjectGraph graph) {
    add(forms, graph, "linked-hash-map", entries -> entries, false, LinkedHashMap.class);
    add(forms, graph, "tree-map", TreeMap::new, false, TreeMap.class);
    add(
        forms,
        graph,
        "skip-list-map",
        ConcurrentSkipListMap::new,
        false,
        ConcurrentSkipListMap.class);
    add(forms, graph, "hash-map", HashMap::new, true, HashMap.class);
    add(forms, graph, "concurrent-map", ConcurrentHashMap::new, true, ConcurrentHashMap.class);
    add(forms, graph, "hashtable", Hashtable::new, true, Hashtable.class);
    add(
        forms,
        graph,
        "map",
        MapForms::immutable,
        true,
        Map.of().getClass(),
        Map.of(1, 1).getClass(),
        Map.of(1, 1, 2, 2).getClass(),
        Collections.emptyMap().getClass(),
        Collections.singletonMap(1, 1).getClass());
    entry(forms, graph, "entry", Map::entry, Map.entry(1, 1).getClass());
    entry(
        forms, graph, "simple-entry", AbstractMap.SimpleEntry::new, AbstractMap.SimpleEntry.class);
    entry(
        forms,
        graph,
        "immutable-entry",
        AbstractMap.SimpleImmutableEntry::new,
        AbstractMap.SimpleImmutableEntry.class);
  }

  private static Map<?, ?> immutable(Map<Object, Object> entries) {
    if (entries.containsKey(null) || entries.containsValue(null)) {
      Map.Entry<Object, Object> only = entries.entrySet().iterator().next();
      return Collections.singletonMap(only.getKey(), only.getValue());
    }
    return Map.copyOf(entries);
  }

  private static void add(
      Forms forms,
      ObjectGraph graph,
      String name,
      Function<Map<Object, Object>, Map<?, ?>> maker,
      boolean sorted,
      Class<?>... classes) {
    forms.add(Form.builtIn(name, classes[0], new Entries(graph, maker, sorted)), classes);
  }

  private interface EntryMaker {
    Map.Entry<?, ?> make(@Nullable Object key, @Nullable Object value);
  }

  private static void entry(
      Forms forms, ObjectGraph graph, String name, EntryMaker maker, Class<?> type) {
    forms.add(
        Form.builtIn(
            name,
            type,
            new PartsSerializer<Map.Entry<?, ?>>(graph) {
              @Override
              void writeParts(Output output, Map.Entry<?, ?> entry) {
                graph().write(output, entry.getKey(), ".key");
                graph().write(output, entry.getValue(), ".value");
              }

              @Override
              Map.Entry<?, ?> readParts(Input input) {
                return maker.make(graph().read(input), graph().read(input));
              }
            }),
        type);
  }

  private static final class Entries extends PartsSerializer<Map<?, ?>> {
    private final Function<Map<Object, Object>, Map<?, ?>> maker;
    private final boolean sorted;

    Entries(ObjectGraph graph, Function<Map<Object, Object>, Map<?, ?>> maker, boolean sorted) {
      super(graph);
      this.maker = maker;
      this.sorted = sorted;
    }

    @Override
    void writeParts(Output output, Map<?, ?> map) {
      if (map instanceof SortedMap<?, ?> ordered && ordered.comparator() != null) {
        throw new Unencodable(Refusals.foreignOrder(map));
      }
      @Nullable Object[] entries = map.entrySet().toArray();
      Parts.writeCount(output, entries.length);
      if (sorted) {
        graph().sorted().write(map, entries, this::keyApart, all -> writeAll(output, all));
      } else {
        writeAll(output, entries);
      }
    }

    private byte[] keyApart(@Nullable Object entry) {
      Object key = entry(entry).getKey();
      try {
        return graph().apart(key);
      } catch (Unencodable e) {
        throw e.under("[" + Preview.of(key) + "].key");
      }
    }

    private void writeAll(Output output, @Nullable Object[] entries) {
      for (Object each : entries) {
        Map.Entry<?, ?> entry = entry(each);
        try {
          graph().write(output, entry.getKey(), ".key");
          graph().write(output, entry.getValue());
        } catch (Unencodable e) {
          throw e.under("[" + Preview.of(entry.getKey()) + "]");
        }
      }
    }

    private static Map.Entry<?, ?> entry(@Nullable Object part) {
      return (Map.Entry<?, ?>) requireNonNull(part);
    }

    @Override
    Map<?, ?> readParts(Input input) {
      int count = Parts.readCount(input, 2);
      Map<Object, Object> entries = new LinkedHashMap<>();
      for (int i = 0; i < count; i++) {
        entries.put(graph().read(input), graph().read(input));
      }
      return maker.apply(entries);
    }
  }
}
