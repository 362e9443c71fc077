package dev.reprise.cache.fingerprint;

import java.io.File;
import java.nio.file.Path;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Properties;
import java.util.SortedMap;
import java.util.SortedSet;

/** Says why a value has no canonical form, and what its owner can do. */
final class Unsupported {
  private Unsupported() {}

  /**
   * Whether a collection behaves otherwise than its elements tell: by an order that comes from
   * somewhere else, by the identity of its keys, or by entries that it does not show.
   */
  static boolean isOddCollection(Object value) {
    return (value instanceof SortedMap<?, ?> map && map.comparator() != null)
        || (value instanceof SortedSet<?> set && set.comparator() != null)
        || value instanceof IdentityHashMap
        || value instanceof Properties;
  }

  /** Whether what a collection holds is its elements: a class of somebody else's may hold more. */
  static boolean isOfTheJdk(Object collection) {
    Class<?> type = collection.getClass();
    return type.getClassLoader() == null && type.getPackageName().startsWith("java.util");
  }

  /** Why a collection has no canonical form whose class or order is not known. */
  static String whyUnknown(Object collection) {
    String name = collection.getClass().getName();
    return isOfTheJdk(collection)
        ? "the order of a " + name + " is not known; copy it into a HashMap, HashSet or list"
        : name
            + " is no collection of the JDK's and may hold more than its elements; copy it into"
            + " one, or make it a record";
  }

  static String why(Object value) {
    Class<?> type = value.getClass();
    String name = type.getName();
    if (value instanceof SortedMap || value instanceof SortedSet) {
      return "a "
          + name
          + " sorted by a comparator has no canonical form; use natural order, or pass a list";
    }
    if (value instanceof IdentityHashMap) {
      return "an IdentityHashMap depends on which objects its keys are; use a HashMap";
    }
    if (value instanceof Properties) {
      return "Properties may hide defaults; copy them into a Map<String, String>";
    }
    if (value instanceof Path || value instanceof File) {
      return "a "
          + type.getSimpleName()
          + " says where a file is, not what is in it; declare it as a file input, or pass its name"
          + " as text if only the name matters";
    }
    if (type.isHidden() || type.isSynthetic()) {
      return "a lambda or method reference is code, not a value";
    }
    if (value instanceof Collection) {
      return name + " is neither a list nor a set; copy it into one";
    }
    return name + " has no canonical form; make it a record, or pass what it is made of";
  }
}
