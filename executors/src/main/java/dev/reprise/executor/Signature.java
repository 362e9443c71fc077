package dev.reprise.executor;

import dev.reprise.cache.code.MethodRef;
import dev.reprise.cache.code.TaskFunction;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What reflection tells of the method behind a task: the names of its parameters and the types that
 * its arguments and its result are made of.
 */
final class Signature {
  private final List<String> names;
  private final List<Type> types;
  private final int captured;
  private final int written;

  private Signature(List<String> names, List<Type> types, int captured, int written) {
    this.names = names;
    this.types = types;
    this.captured = captured;
    this.written = written;
  }

  /**
   * Reads the signature.
   *
   * @throws IllegalArgumentException if a class of it is missing
   */
  static Signature of(TaskFunction function, @Nullable ClassLoader loader) {
    List<String> names = new ArrayList<>();
    List<Type> types = new ArrayList<>();
    int parameters;
    try {
      // As the place where the function was written knows them; of a lambda that is more than its
      // own, erased method tells.
      MethodType written = MethodType.fromMethodDescriptorString(function.descriptor(), loader);
      parameters = written.parameterCount();
      types.addAll(written.parameterList());
      types.add(written.returnType());
      Class<?> owner = Class.forName(function.method().owner(), false, loader);
      Executable method = find(owner, function.method());
      if (method instanceof Method called && !Modifier.isStatic(called.getModifiers())) {
        names.add("this");
        types.add(owner);
      }
      for (Parameter parameter : method.getParameters()) {
        names.add(parameter.isNamePresent() ? parameter.getName() : "");
      }
      types.addAll(Arrays.asList(method.getGenericParameterTypes()));
      types.add(method instanceof Method called ? called.getGenericReturnType() : owner);
    } catch (ClassNotFoundException | LinkageError | TypeNotPresentException e) {
      throw new IllegalArgumentException(
          "the signature of %s cannot be read: %s is not on the class path"
              .formatted(function.method(), e.getMessage()),
          e);
    }
    return new Signature(names, types, function.captured().size(), parameters);
  }

  private static Executable find(Class<?> owner, MethodRef method) throws ClassNotFoundException {
    for (Class<?> type = owner; type != null; type = type.getSuperclass()) {
      for (Executable each : declared(type, method.name())) {
        if (descriptor(each).equals(method.descriptor())) {
          return each;
        }
      }
    }
    throw new ClassNotFoundException(method.toString());
  }

  private static String descriptor(Executable method) {
    Class<?> returned = method instanceof Method called ? called.getReturnType() : void.class;
    return MethodType.methodType(returned, method.getParameterTypes()).toMethodDescriptorString();
  }

  private static List<? extends Executable> declared(Class<?> type, String name) {
    if (name.equals("<init>")) {
      return Arrays.<Constructor<?>>asList(type.getDeclaredConstructors());
    }
    return Arrays.stream(type.getDeclaredMethods())
        .filter(method -> method.getName().equals(name))
        .toList();
  }

  /** Types that arguments, captured values and result are made of. */
  List<Type> types() {
    return types;
  }

  /** What the method returns, as it is declared. */
  Type resultType() {
    return types.get(types.size() - 1);
  }

  /** Name of a captured value. */
  String capturedName(int i) {
    String name = i < names.size() ? names.get(i) : "";
    return name.isEmpty() ? "captured value " + (i + 1) : name;
  }

  /**
   * Names of the arguments' parameters, which are the last ones; empty where there is none. What an
   * engine passes of its own comes in front of them.
   */
  List<String> parameterNames(int arity) {
    List<String> result = new ArrayList<>(Collections.nCopies(arity, ""));
    int first = captured + Math.max(0, written - arity);
    for (int i = 0; i < arity && first + i < names.size(); i++) {
      result.set(i, names.get(first + i));
    }
    return List.copyOf(result);
  }
}
