package dev.reprise.cache.codec;

import dev.reprise.cache.fingerprint.Secret;
import java.io.File;
import java.nio.file.Path;

/** Says why a value cannot be kept, and what its owner can do. */
final class Refusals {
  private Refusals() {}

  static String notRegistered(Class<?> type) {
    String name = type.getName();
    if (type == Secret.class) {
      return "a Secret must not be in a result, which is kept; return what it was needed for";
    }
    if (type == ArrowTable.class) {
      return "a table cannot be inside an object; return it by itself, or as one of several results";
    }
    if (Path.class.isAssignableFrom(type) || type == File.class) {
      return "a file cannot be inside an object; return the Path by itself, or its name as text";
    }
    if (type.isHidden() || type.isSynthetic()) {
      return "a lambda or method reference cannot be kept; return a value";
    }
    if (Throwable.class.isAssignableFrom(type)) {
      return "exceptions cannot be kept (" + name + "); return what matters of it, as a record";
    }
    if (name.startsWith("java.") || name.startsWith("jdk.") || name.startsWith("sun.")) {
      return name + " cannot be kept; copy what matters into a list, a map or a record";
    }
    return name
        + " is not registered; name it in the task's declared types, or register it with"
        + " .register("
        + simpleName(type)
        + ".class)";
  }

  static String foreignOrder(Object sorted) {
    return "a "
        + sorted.getClass().getSimpleName()
        + " sorted by a comparator cannot be kept, for a comparator is code; use natural order or a"
        + " list";
  }

  private static String simpleName(Class<?> type) {
    return type.getSimpleName().isEmpty() ? type.getName() : type.getSimpleName();
  }
}
