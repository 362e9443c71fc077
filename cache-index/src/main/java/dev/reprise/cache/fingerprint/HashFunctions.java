package dev.reprise.cache.fingerprint;

import static dev.reprise.cache.base.Checks.checkArgument;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The user's own say in what stands for a value in a key: a function per type. What the function
 * returns enters the key in place of the value, wherever the value is, inside lists and maps too.
 *
 * <p>A function is used for instances of its type and of what extends it: the one for the class
 * itself comes first, then the nearest superclass, then the interfaces in the order in which they
 * were added. The code of a function is not part of the key; change the task's version with it.
 *
 * <p>Immutable; {@code with…} returns another one.
 */
public final class HashFunctions {
  /** No functions. */
  public static final HashFunctions NONE = new HashFunctions(Map.of());

  private final Map<Class<?>, HashFunction> functions;

  private HashFunctions(Map<Class<?>, HashFunction> functions) {
    this.functions = functions;
  }

  /**
   * Adds a function that gives a text.
   *
   * @throws IllegalArgumentException if there is one for this very type already
   */
  public <T> HashFunctions withText(Class<T> type, Function<? super T, String> function) {
    return with(type, function);
  }

  /**
   * Adds a function that gives bytes.
   *
   * @throws IllegalArgumentException if there is one for this very type already
   */
  public <T> HashFunctions withBytes(Class<T> type, Function<? super T, byte[]> function) {
    return with(type, function);
  }

  private <T> HashFunctions with(Class<T> type, Function<? super T, ?> function) {
    checkArgument(
        !functions.containsKey(type), "there are two hash functions for %s", type.getName());
    Map<Class<?>, HashFunction> more = new LinkedHashMap<>(functions);
    more.put(type, new HashFunction(type, value -> function.apply(type.cast(value))));
    return new HashFunctions(more);
  }

  /** The function that is used for instances of {@code type}; null if there is none. */
  @Nullable HashFunction find(Class<?> type) {
    if (functions.isEmpty()) {
      return null;
    }
    for (Class<?> c = type; c != null; c = c.getSuperclass()) {
      HashFunction function = functions.get(c);
      if (function != null) {
        return function;
      }
    }
    for (HashFunction function : functions.values()) {
      if (function.type.isInterface() && function.type.isAssignableFrom(type)) {
        return function;
      }
    }
    return null;
  }

  /** A function and the type it was given for. */
  record HashFunction(Class<?> type, Function<Object, ? extends @Nullable Object> function) {}
}
