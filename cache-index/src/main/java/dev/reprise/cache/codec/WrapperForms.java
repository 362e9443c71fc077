package dev.reprise.cache.codec;

import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import dev.reprise.cache.base.Peek;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Forms of what holds exactly one other thing: optionals, references, and the wrappers of {@code
 * java.util.Collections}, which are written as what they wrap, so that an unmodifiable view of a
 * {@code LinkedHashMap} keeps its order.
 */
final class WrapperForms {
  private WrapperForms() {}

  static void addTo(Forms forms, ObjectGraph graph) {
    add(
        forms,
        graph,
        "optional",
        optional -> ((Optional<?>) optional).orElse(null),
        Optional::ofNullable,
        Optional.class);
    add(
        forms,
        graph,
        "atomic-reference",
        reference -> ((AtomicReference<?>) reference).get(),
        AtomicReference::new,
        AtomicReference.class);
    unmodifiable(forms, graph);
    synchronizedOnes(forms, graph);
  }

  @SuppressWarnings("JdkObsolete") // there is a wrapper for lists of each kind
  private static void unmodifiable(Forms forms, ObjectGraph graph) {
    view(
        forms,
        graph,
        "unmodifiable-list",
        inner -> Collections.unmodifiableList((List<?>) inner),
        Collections.unmodifiableList(new ArrayList<>()),
        Collections.unmodifiableList(new LinkedList<>()));
    view(
        forms,
        graph,
        "unmodifiable-collection",
        inner -> Collections.unmodifiableCollection((Collection<?>) inner),
        Collections.unmodifiableCollection(new ArrayList<>()));
    view(
        forms,
        graph,
        "unmodifiable-set",
        inner -> Collections.unmodifiableSet((Set<?>) inner),
        Collections.unmodifiableSet(new HashSet<>()));
    view(
        forms,
        graph,
        "unmodifiable-sorted-set",
        inner -> Collections.unmodifiableSortedSet((SortedSet<?>) inner),
        Collections.unmodifiableSortedSet(new TreeSet<>()));
    view(
        forms,
        graph,
        "unmodifiable-navigable-set",
        inner -> Collections.unmodifiableNavigableSet((NavigableSet<?>) inner),
        Collections.unmodifiableNavigableSet(new TreeSet<>()));
    view(
        forms,
        graph,
        "unmodifiable-map",
        inner -> Collections.unmodifiableMap((Map<?, ?>) inner),
        Collections.unmodifiableMap(new HashMap<>()));
    view(
        forms,
        graph,
        "unmodifiable-sorted-map",
        inner -> Collections.unmodifiableSortedMap((SortedMap<?, ?>) inner),
        Collections.unmodifiableSortedMap(new TreeMap<>()));
    view(
        forms,
        graph,
        "unmodifiable-navigable-map",
        inner -> Collections.unmodifiableNavigableMap((NavigableMap<?, ?>) inner),
        Collections.unmodifiableNavigableMap(new TreeMap<>()));
  }

  @SuppressWarnings("JdkObsolete") // there is a wrapper for lists of each kind
  private static void synchronizedOnes(Forms forms, ObjectGraph graph) {
    view(
        forms,
        graph,
        "synchronized-list",
        inner -> Collections.synchronizedList((List<?>) inner),
        Collections.synchronizedList(new ArrayList<>()),
        Collections.synchronizedList(new LinkedList<>()));
    view(
        forms,
        graph,
        "synchronized-set",
        inner -> Collections.synchronizedSet((Set<?>) inner),
        Collections.synchronizedSet(new HashSet<>()));
    view(
        forms,
        graph,
        "synchronized-map",
        inner -> Collections.synchronizedMap((Map<?, ?>) inner),
        Collections.synchronizedMap(new HashMap<>()));
  }

  private static void view(
      Forms forms,
      ObjectGraph graph,
      String name,
      Function<Object, Object> wrap,
      Object... examples) {
    Class<?>[] classes = new Class<?>[examples.length];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = examples[i].getClass();
    }
    add(forms, graph, name, WrapperForms::inside, wrap, classes);
  }

  private static void add(
      Forms forms,
      ObjectGraph graph,
      String name,
      Function<Object, @Nullable Object> unwrap,
      Function<Object, Object> wrap,
      Class<?>... classes) {
    forms.add(
        Form.builtIn(
            name,
            classes[0],
            new PartsSerializer<Object>(graph) {
              @Override
              void writeParts(Output output, Object wrapper) {
                graph().write(output, unwrap.apply(wrapper));
              }

              @Override
              Object readParts(Input input) {
                return wrap.apply(graph().read(input));
              }
            }),
        classes);
  }

  private static Object inside(Object wrapper) {
    try {
      return Peek.inside(wrapper);
    } catch (IllegalArgumentException e) {
      throw new Unencodable(String.valueOf(e.getMessage()));
    }
  }
}
