package dev.reprise.ray.bridge;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Native calls, by the JNA that is in Ray's jar; by reflection, since it is there at run time
 * alone.
 */
final class Jna {
  private static final String LIBRARY = "com.sun.jna.NativeLibrary";

  private Jna() {}

  /** A function of the C library. */
  static Object function(String name) throws ReflectiveOperationException {
    return ask(library("c"), "getFunction", name);
  }

  /** Calls a function of the C library. */
  static void call(String name, @Nullable Object... arguments) throws ReflectiveOperationException {
    Object function = function(name);
    function.getClass().getMethod("invokeInt", Object[].class).invoke(function, (Object) arguments);
  }

  /** Sets a global variable of a library that is loaded. */
  static void setInt(Path file, String variable, int to) throws ReflectiveOperationException {
    Object at = ask(library(file.toString()), "getGlobalVariableAddress", variable);
    at.getClass().getMethod("setInt", long.class, int.class).invoke(at, 0L, to);
  }

  private static Object library(String name) throws ReflectiveOperationException {
    return Class.forName(LIBRARY).getMethod("getInstance", String.class).invoke(null, name);
  }

  private static Object ask(Object library, String method, String name)
      throws ReflectiveOperationException {
    return library.getClass().getMethod(method, String.class).invoke(library, name);
  }
}
