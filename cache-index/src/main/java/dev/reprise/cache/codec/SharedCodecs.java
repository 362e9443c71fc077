package dev.reprise.cache.codec;

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

  /** The codecs for a task whose objects are made of {@code registered}. */
  public Codecs of(RegisteredTypes registered) {
    return known.computeIfAbsent(registered.classes(), any -> Codecs.of(registered));
  }
}
