package dev.reprise.cache.codec;

import dev.reprise.cache.fingerprint.Secret;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds the user's classes that values of some declared types can be made of. Libraries end the
 * walk: their classes are the codecs' business, or nobody's.
 */
final class TypeWalk {
  /** The packages that end the walk: the JDK and what the engines bring. */
  private static final List<String> LIBRARIES =
      List.of(
          "java.",
          "javax.",
          "jdk.",
          "sun.",
          "scala.",
          "org.apache.spark.",
          "org.apache.arrow.",
          "io.ray.");

  private final Set<Class<?>> found = new HashSet<>();
  private final Set<Type> seen = new HashSet<>();
  private final Deque<Type> open = new ArrayDeque<>();

  void add(Type type) {
    open.add(type);
    while (!open.isEmpty()) {
      Type next = open.remove();
      if (seen.add(next)) {
        visit(next);
      }
    }
  }

  Set<Class<?>> found() {
    return found;
  }

  private void visit(Type type) {
    if (type instanceof Class<?> c) {
      visitClass(c);
    } else if (type instanceof ParameterizedType parameterized) {
      open.add(parameterized.getRawType());
      open.addAll(List.of(parameterized.getActualTypeArguments()));
    } else if (type instanceof GenericArrayType array) {
      open.add(array.getGenericComponentType());
    } else if (type instanceof WildcardType wildcard) {
      open.addAll(List.of(wildcard.getUpperBounds()));
    } else if (type instanceof TypeVariable<?> variable) {
      open.addAll(List.of(variable.getBounds()));
    }
  }

  private void visitClass(Class<?> type) {
    if (type.isArray()) {
      open.add(type.getComponentType());
      return;
    }
    if (type.isEnum()) { // one of the JDK's, too: only by its declaration is it known
      found.add(type);
      return;
    }
    if (type.isPrimitive() || isLibrary(type)) {
      return;
    }
    found.add(type);
    Class<?>[] permitted = type.getPermittedSubclasses();
    if (permitted != null) {
      open.addAll(List.of(permitted));
    }
    if (type.getGenericSuperclass() != null) {
      open.add(type.getGenericSuperclass());
    }
    for (Field field : type.getDeclaredFields()) {
      if (!Modifier.isStatic(field.getModifiers()) && !Modifier.isTransient(field.getModifiers())) {
        open.add(field.getGenericType());
      }
    }
  }

  private static boolean isLibrary(Class<?> type) {
    if (type == ArrowTable.class || type == Secret.class) {
      return true;
    }
    for (String prefix : LIBRARIES) {
      if (type.getName().startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }
}
