package dev.reprise.cache.code;

import static dev.reprise.cache.base.Checks.checkArgument;

import java.io.Serializable;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds the method by which a class that a person wrote implements a functional interface. */
final class FunctionalMethod {
  private FunctionalMethod() {}

  /**
   * The method that runs when the functional interface is called.
   *
   * @throws IllegalArgumentException if the class implements none or several
   */
  static Method of(Class<?> type) {
    Set<Class<?>> interfaces = new LinkedHashSet<>();
    for (Class<?> each = type; each != null; each = each.getSuperclass()) {
      addInterfaces(each, interfaces);
    }
    List<Method> functions =
        interfaces.stream()
            .filter(Serializable.class::isAssignableFrom)
            .map(FunctionalMethod::abstractMethods)
            .filter(methods -> methods.size() == 1)
            .map(methods -> methods.get(0))
            .collect(
                Collectors.collectingAndThen(
                    Collectors.toMap(FunctionalMethod::name, m -> m, (one, same) -> one),
                    byName -> List.copyOf(byName.values())));
    checkArgument(
        functions.size() == 1,
        "%s implements %s serialisable functional interfaces, so it cannot be told which of its"
            + " methods is the task; pass a method reference",
        type.getName(),
        functions.size());
    return implementation(type, functions.get(0));
  }

  static MethodRef name(Method method) {
    return new MethodRef(
        method.getDeclaringClass().getName(),
        method.getName(),
        MethodType.methodType(method.getReturnType(), method.getParameterTypes())
            .toMethodDescriptorString());
  }

  private static void addInterfaces(Class<?> type, Set<Class<?>> to) {
    for (Class<?> each : type.getInterfaces()) {
      to.add(each);
      addInterfaces(each, to);
    }
  }

  private static List<Method> abstractMethods(Class<?> type) {
    return Arrays.stream(type.getMethods())
        .filter(method -> Modifier.isAbstract(method.getModifiers()))
        .toList();
  }

  /**
   * The method written in the class, not the bridge that leads to it from the erased types; the
   * most special one if superclasses have it too.
   */
  private static Method implementation(Class<?> type, Method function) {
    for (Class<?> each = type; each != null; each = each.getSuperclass()) {
      List<Method> written =
          Arrays.stream(each.getDeclaredMethods())
              .filter(method -> isWritten(method) && overrides(method, function))
              .toList();
      if (!written.isEmpty()) {
        checkArgument(
            written.size() == 1,
            "%s has %s methods %s, so it cannot be told which is the task; pass a method reference",
            type.getName(),
            written.size(),
            function.getName());
        return written.get(0);
      }
    }
    throw new IllegalArgumentException(
        type.getName()
            + " has no method "
            + function.getName()
            + " of its own; pass a method reference");
  }

  private static boolean isWritten(Method method) {
    return !method.isBridge()
        && !Modifier.isStatic(method.getModifiers())
        && !Modifier.isAbstract(method.getModifiers());
  }

  private static boolean overrides(Method method, Method function) {
    Class<?>[] mine = method.getParameterTypes();
    Class<?>[] theirs = function.getParameterTypes();
    boolean overrides = method.getName().equals(function.getName()) && mine.length == theirs.length;
    for (int i = 0; overrides && i < mine.length; i++) {
      overrides = theirs[i].isAssignableFrom(mine[i]);
    }
    return overrides;
  }
}
