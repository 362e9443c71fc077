package dev.reprise.worker;

import dev.reprise.cache.code.MethodRef;
import dev.reprise.executor.TaskCode.Kind;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/** The user's method, ready to be called with an array of arguments. */
final class Invocation {
  private static final Lookup HERE = MethodHandles.lookup();

  private final MethodRef method;
  private final MethodHandle handle;
  private final MethodType type;

  private Invocation(MethodRef method, MethodHandle exact) {
    this.method = method;
    type = exact.type();
    // Takes and returns Object, so that the call below is exact whatever the method's types are.
    handle =
        exact
            .asFixedArity()
            .asType(type.generic())
            .asSpreader(Object[].class, type.parameterCount());
  }

  /**
   * Finds the method, private and compiler-made ones included. Initializes no class.
   *
   * @throws ReflectiveOperationException if there is no such class or method, or no access to it
   * @throws LinkageError if a class of its signature is missing
   */
  static Invocation find(MethodRef method, Kind kind, ClassLoader loader)
      throws ReflectiveOperationException {
    Class<?> owner = Class.forName(method.owner(), false, loader);
    MethodType type = type(method, loader);
    Lookup lookup = lookup(owner);
    return new Invocation(
        method,
        switch (kind) {
          case STATIC -> lookup.findStatic(owner, method.name(), type);
          case VIRTUAL -> lookup.findVirtual(owner, method.name(), type);
          case CONSTRUCTOR -> lookup.findConstructor(owner, type);
        });
  }

  private static MethodType type(MethodRef method, ClassLoader loader)
      throws ClassNotFoundException {
    try {
      return MethodType.fromMethodDescriptorString(method.descriptor(), loader);
    } catch (TypeNotPresentException e) {
      throw new ClassNotFoundException(e.typeName(), e);
    }
  }

  /** All of user code is open to us; of the JDK and of named modules, what is public. */
  private static Lookup lookup(Class<?> owner) {
    try {
      return MethodHandles.privateLookupIn(owner, HERE);
    } catch (IllegalAccessException e) {
      return MethodHandles.publicLookup();
    }
  }

  /** Number of arguments, the receiver included. */
  int parameterCount() {
    return type.parameterCount();
  }

  /** Type of a parameter, the receiver included. */
  Class<?> parameterType(int i) {
    return type.parameterType(i);
  }

  /**
   * Calls the method.
   *
   * @throws Throwable what user code throws
   */
  @Nullable Object call(@Nullable Object[] arguments) throws Throwable {
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i] == null && type.parameterType(i).isPrimitive()) {
        throw new NullPointerException(
            "argument %s of %s is null, but its type is %s"
                .formatted(i + 1, method, type.parameterType(i)));
      }
    }
    return (Object) handle.invokeExact(arguments);
  }
}
