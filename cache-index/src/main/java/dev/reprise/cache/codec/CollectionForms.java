package dev.reprise.cache.codec;

import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import dev.reprise.cache.fingerprint.Preview;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Forms of collections: a count and the elements. What promises an order keeps it; what promises
 * none is sorted by the bytes of the elements, since its own order may differ from JVM to JVM.
 */
final class CollectionForms {
  private CollectionForms() {}

  @SuppressWarnings("JdkObsolete") // users have some
  static void addTo(Forms forms, ObjectGraph graph) {
    ordered(forms, graph, "array-list", elements -> elements, ArrayList.class);
    ordered(forms, graph, "linked-list", LinkedList::new, LinkedList.class);
    ordered(
        forms, graph, "copy-on-write-list", CopyOnWriteArrayList::new, CopyOnWriteArrayList.class);
    ordered(
        forms,
        graph,
        "as-list",
        elements -> Arrays.asList(elements.toArray()),
        Arrays.asList(1, 2).getClass());
    ordered(
        forms,
        graph,
        "list",
        elements -> elements.stream().toList(), // unlike List.copyOf, allows null
        List.of().getClass(),
        List.of(1).getClass(),
        List.of(1, 2, 3).getClass(),
        Collections.emptyList().getClass(),
        Collections.singletonList(1).getClass(),
        Collections.nCopies(2, 1).getClass());
    ordered(forms, graph, "array-deque", ArrayDeque::new, ArrayDeque.class);
    ordered(
        forms, graph, "concurrent-queue", ConcurrentLinkedQueue::new, ConcurrentLinkedQueue.class);
    ordered(forms, graph, "linked-hash-set", LinkedHashSet::new, LinkedHashSet.class);
    ordered(forms, graph, "copy-on-write-set", CopyOnWriteArraySet::new, CopyOnWriteArraySet.class);
    ordered(forms, graph, "tree-set", TreeSet::new, TreeSet.class);
    ordered(forms, graph, "skip-list-set", ConcurrentSkipListSet::new, ConcurrentSkipListSet.class);

    sorted(forms, graph, "hash-set", HashSet::new, HashSet.class);
    sorted(
        forms,
        graph,
        "concurrent-set",
        elements -> {
          Set<Object> set = ConcurrentHashMap.newKeySet();
          set.addAll(elements);
          return set;
        },
        ConcurrentHashMap.newKeySet().getClass());
    sorted(
        forms,
        graph,
        "set",
        elements ->
            elements.contains(null) ? Collections.singleton(null) : Set.of(elements.toArray()),
        Set.of().getClass(),
        Set.of(1).getClass(),
        Set.of(1, 2, 3).getClass(),
        Collections.emptySet().getClass(),
        Collections.singleton(1).getClass());
  }

  private static void ordered(
      Forms forms,
      ObjectGraph graph,
      String name,
      Function<List<Object>, Collection<?>> maker,
      Class<?>... classes) {
    forms.add(Form.builtIn(name, classes[0], new Elements(graph, maker, false)), classes);
  }

  private static void sorted(
      Forms forms,
      ObjectGraph graph,
      String name,
      Function<List<Object>, Collection<?>> maker,
      Class<?>... classes) {
    forms.add(Form.builtIn(name, classes[0], new Elements(graph, maker, true)), classes);
  }

  private static final class Elements extends PartsSerializer<Collection<?>> {
    private final Function<List<Object>, Collection<?>> maker;
    private final boolean sorted;

    Elements(ObjectGraph graph, Function<List<Object>, Collection<?>> maker, boolean sorted) {
      super(graph);
      this.maker = maker;
      this.sorted = sorted;
    }

    @Override
    void writeParts(Output output, Collection<?> collection) {
      if (collection instanceof SortedSet<?> set && set.comparator() != null) {
        throw new Unencodable(Refusals.foreignOrder(collection));
      }
      @Nullable Object[] elements = collection.toArray();
      Parts.writeCount(output, elements.length);
      if (sorted) {
        graph().sorted().write(collection, elements, this::apart, all -> writeAll(output, all));
        return;
      }
      for (int i = 0; i < elements.length; i++) {
        graph().writeElement(output, elements[i], i);
      }
    }

    private byte[] apart(@Nullable Object element) {
      try {
        return graph().apart(element);
      } catch (Unencodable e) {
        throw e.under("{" + Preview.of(element) + "}");
      }
    }

    private void writeAll(Output output, @Nullable Object[] elements) {
      for (Object element : elements) {
        graph().write(output, element);
      }
    }

    @Override
    Collection<?> readParts(Input input) {
      int count = Parts.readCount(input, 1);
      List<Object> elements = new ArrayList<>(Math.min(count, 1 << 10));
      for (int i = 0; i < count; i++) {
        elements.add(graph().read(input));
      }
      return maker.apply(elements);
    }
  }
}
