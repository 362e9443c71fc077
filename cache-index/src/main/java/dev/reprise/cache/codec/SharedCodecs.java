package dev.reprise.cache.codec;

import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Codecs of tasks, made once for all tasks whose objects are made of the same classes: what they
 * are made of is large, and a pipeline may have hundreds of steps of one function.
 *
 * <p>Keeps the classes from being unloaded, so it lives no longer than a run. May be used from
 * several threads.
 */
public final class SharedCodecs {
  private final Map<List<Class<?>>, Codecs> known = new ConcurrentHashMap<>();
  private final Map<List<Type>, RegisteredTypes> types = new ConcurrentHashMap<>();

  /** The classes that are reachable from {@code declared}. */
  public RegisteredTypes types(List<Type> declared) {
    return types.computeIfAbsent(List.copyOf(declared), RegisteredTypes::of);
  }

  /** The codecs for a task whose objects are made of {@code registered}. */
  public Codecs of(RegisteredTypes registered) {
    return known.computeIfAbsent(registered.classes(), any -> Codecs.of(registered));
  }
}
