package dev.reprise.cache.fingerprint;

import dev.reprise.cache.base.Peek;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArraySet;
import org.jspecify.annotations.Nullable;

/**
 * Whether the order in which a set or map shows its elements is part of the value: of what promises
 * an order it is, as in the object codec (ADR-0006), since the task that gets the value sees it.
 */
enum Order {
  /** None that is promised. */
  ANY,
  /** One that follows from the elements, and that none without a promise is like. */
  SORTED,
  /** That of insertion, or one that cannot be told from it. */
  KEPT;

  private static final Map<Class<?>, Order> KNOWN = known();

  @SuppressWarnings("JdkObsolete") // users have some
  private static Map<Class<?>, Order> known() {
    Object[] any = {
      new HashSet<>(),
      ConcurrentHashMap.newKeySet(),
      Set.of(),
      Set.of(1),
      Set.of(1, 2, 3),
      Collections.emptySet(),
      Collections.singleton(1),
      new HashMap<>().keySet(),
      new HashMap<>(),
      new ConcurrentHashMap<>(),
      new Hashtable<>(),
      Map.of(),
      Map.of(1, 1),
      Map.of(1, 1, 2, 2),
      Collections.emptyMap(),
      Collections.singletonMap(1, 1)
    };
    Object[] kept = {
      new LinkedHashSet<>(),
      new CopyOnWriteArraySet<>(),
      new LinkedHashMap<>().keySet(),
      new LinkedHashMap<>()
    };
    Map<Class<?>, Order> known = new HashMap<>();
    for (Object each : any) {
      known.put(each.getClass(), ANY);
    }
    for (Object each : kept) {
      known.put(each.getClass(), KEPT);
    }
    return known;
  }

  /** The order of a set or map of the JDK; null if it is not known. */
  static @Nullable Order of(Object collection) {
    Order known = KNOWN.get(collection.getClass());
    if (known != null) {
      return known;
    }
    if (Unsupported.isOddCollection(collection) || !Unsupported.isOfTheJdk(collection)) {
      return null;
    }
    if (collection instanceof SortedSet
        || collection instanceof SortedMap
        || collection instanceof EnumSet
        || collection instanceof EnumMap) {
      return SORTED;
    }
    String name = collection.getClass().getName();
    boolean wrapper =
        name.startsWith("java.util.Collections$Unmodifiable")
            || name.startsWith("java.util.Collections$Synchronized")
            || name.startsWith("java.util.Collections$Checked");
    return wrapper ? of(Peek.inside(collection)) : null;
  }
}
