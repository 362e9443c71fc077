package dev.reprise.worker;

import dev.reprise.cache.code.MethodRef;
import dev.reprise.executor.TaskCode.Kind;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** The user's method, ready to be called with an array of arguments. */
final class Invocation {
  private static final Lookup HERE = MethodHandles.lookup();

  /**
   * What was found, by the class that owns the method and for as long as that is loaded. The JVM
   * compiles code for each handle that is called often: a driver's next run takes the one that it
   * has compiled for the last.
   */
  private static final ClassValue<ConcurrentMap<Known, Invocation>> FOUND =
      new ClassValue<>() {
        @Override
        protected ConcurrentMap<Known, Invocation> computeValue(Class<?> owner) {
          return new ConcurrentHashMap<>();
        }
      };

  /** A method of a class; its type has classes, not names, since loaders may differ in those. */
  private record Known(String name, MethodType type, Kind kind) {}

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
    Known known = new Known(method.name(), type(method, loader), kind);
    Invocation found = FOUND.get(owner).get(known);
    if (found == null) {
      found = new Invocation(method, exact(owner, known));
      FOUND.get(owner).put(known, found);
    }
    return found;
  }

  private static MethodHandle exact(Class<?> owner, Known known)
      throws ReflectiveOperationException {
    Lookup lookup = lookup(owner);
    return switch (known.kind) {
      case STATIC -> lookup.findStatic(owner, known.name, known.type);
      case VIRTUAL -> lookup.findVirtual(owner, known.name, known.type);
      case CONSTRUCTOR -> lookup.findConstructor(owner, known.type);
    };
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
