package dev.reprise.cache.code;

import static dev.reprise.cache.base.Checks.checkArgument;

import java.io.Serializable;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The method behind a serialisable functional object: a reference to a method or constructor, a
 * lambda, or an object of a class that implements the functional interface.
 *
 * @param method that runs; for a lambda the one that the compiler made of its body
 * @param kind how it is called
 * @param captured what goes in front of the arguments, in order: the receiver if it is bound, then
 *     the captured values
 * @param descriptor types of the arguments and the result, as far as the place where the function
 *     was written knows them: {@code (Ljava/lang/Integer;)Ljava/lang/String;}
 */
public record TaskFunction(
    MethodRef method, Kind kind, List<@Nullable Object> captured, String descriptor) {
  /** How a method is called. */
  public enum Kind {
    /** A static method. */
    STATIC,
    /** A method of the first captured value, or of the first argument if none is captured. */
    VIRTUAL,
    /** A constructor. */
    CONSTRUCTOR
  }

  public TaskFunction {
    captured = Collections.unmodifiableList(new ArrayList<>(captured));
  }

  /**
   * Finds the method behind {@code function}. Runs none of the user's code but a {@code
   * writeReplace} of its own.
   *
   * @throws IllegalArgumentException if it cannot be told which method that is; the message says
   *     what to write instead
   */
  public static TaskFunction of(Serializable function) {
    SerializedLambda lambda = lambda(function);
    return lambda == null ? ofObject(function) : ofLambda(lambda);
  }

  private static TaskFunction ofLambda(SerializedLambda lambda) {
    List<@Nullable Object> captured = new ArrayList<>();
    for (int i = 0; i < lambda.getCapturedArgCount(); i++) {
      captured.add(lambda.getCapturedArg(i));
    }
    Kind kind =
        switch (lambda.getImplMethodKind()) {
          case MethodHandleInfo.REF_invokeStatic -> Kind.STATIC;
          case MethodHandleInfo.REF_newInvokeSpecial -> Kind.CONSTRUCTOR;
          default -> Kind.VIRTUAL;
        };
    return new TaskFunction(
        new MethodRef(
            Names.binary(lambda.getImplClass()),
            lambda.getImplMethodName(),
            lambda.getImplMethodSignature()),
        kind,
        captured,
        lambda.getInstantiatedMethodType());
  }

  private static TaskFunction ofObject(Serializable function) {
    Class<?> type = function.getClass();
    checkArgument(
        !type.isHidden() && !type.isSynthetic() && !Proxy.isProxyClass(type),
        "%s has no method that can be named: it was made at run time; pass a method reference",
        type.getName());
    Method method = FunctionalMethod.of(type);
    MethodRef name = FunctionalMethod.name(method);
    return new TaskFunction(name, Kind.VIRTUAL, List.of(function), name.descriptor());
  }

  /** What the JDK tells of a serialisable lambda; null if {@code function} is none. */
  private static @Nullable SerializedLambda lambda(Serializable function) {
    try {
      Method replace = function.getClass().getDeclaredMethod("writeReplace");
      replace.setAccessible(true);
      return replace.invoke(function) instanceof SerializedLambda lambda ? lambda : null;
    } catch (NoSuchMethodException e) {
      return null;
    } catch (IllegalAccessException | InvocationTargetException | RuntimeException e) {
      throw new IllegalArgumentException(
          "cannot tell which method "
              + function.getClass().getName()
              + " runs; open its package to Reprise, or pass a reference to a static method",
          e);
    }
  }

  /** Tells the method, not the captured values: they may be secrets. */
  @Override
  public String toString() {
    return method + (captured.isEmpty() ? "" : " with " + captured.size() + " captured");
  }
}
