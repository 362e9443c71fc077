package dev.reprise.architecture;

import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.joining;

import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The public and protected signatures of a set of types, as text that reads well in a diff: a type
 * on a line of its own, its members below it, both sorted. What the compiler makes (accessors of
 * records, {@code values()} of enums, bridges) is left out; a record shows its components instead.
 */
final class PublicApi {
  private static final Set<String> OF_EVERY_RECORD = Set.of("equals", "hashCode", "toString");
  private static final Set<String> OF_EVERY_ENUM = Set.of("values", "valueOf");

  private PublicApi() {}

  static List<String> of(Stream<Class<?>> types) {
    return types
        .filter(PublicApi::isPublic)
        .sorted(comparing(Class::getName))
        .flatMap(t -> Stream.concat(Stream.of(header(t)), members(t).stream().map("  "::concat)))
        .toList();
  }

  /** Public along with all it is nested in. */
  private static boolean isPublic(Class<?> type) {
    boolean outside = type.getDeclaringClass() == null || isPublic(type.getDeclaringClass());
    return outside && isVisible(type.getModifiers()) && !type.isAnonymousClass();
  }

  private static boolean isVisible(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  private static String header(Class<?> type) {
    var words = new StringBuilder(Modifier.isProtected(type.getModifiers()) ? "protected " : "");
    if (type.isSealed()) {
      words.append("sealed ");
    }
    boolean hasBody = !type.isInterface() && !type.isRecord() && !type.isEnum();
    if (hasBody && Modifier.isAbstract(type.getModifiers())) {
      words.append("abstract ");
    }
    if (hasBody && Modifier.isFinal(type.getModifiers())) {
      words.append("final ");
    }
    words
        .append(kind(type))
        .append(type.getName().replace('$', '.'))
        .append(variables(type.getTypeParameters()));
    if (type.isRecord()) {
      words.append(
          Arrays.stream(type.getRecordComponents())
              .map(c -> name(c.getAnnotatedType()) + " " + c.getName())
              .collect(joining(", ", "(", ")")));
    }
    if (hasBody && type.getSuperclass() != Object.class) {
      words.append(" extends ").append(name(type.getAnnotatedSuperclass()));
    }
    if (type.getInterfaces().length > 0 && !type.isAnnotation()) {
      words
          .append(type.isInterface() ? " extends " : " implements ")
          .append(names(type.getAnnotatedInterfaces()));
    }
    return words.toString();
  }

  private static String kind(Class<?> type) {
    if (type.isAnnotation()) {
      return "@interface ";
    }
    if (type.isInterface()) {
      return "interface ";
    }
    return type.isRecord() ? "record " : type.isEnum() ? "enum " : "class ";
  }

  /** A member's line and what it is sorted by. */
  private record Line(String name, String text) {}

  private static List<String> members(Class<?> type) {
    var lines = new ArrayList<Line>();
    for (Field field : type.getDeclaredFields()) {
      if (isDeclaredByHand(field)) {
        String text = modifiers(type, field) + name(field.getAnnotatedType()) + " ";
        lines.add(
            new Line(field.getName(), (field.isEnumConstant() ? "" : text) + field.getName()));
      }
    }
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      if (isDeclaredByHand(constructor) && !isCanonical(constructor) && !type.isEnum()) {
        lines.add(
            new Line(
                "new", modifiers(type, constructor) + variables(constructor) + call(constructor)));
      }
    }
    for (Method method : type.getDeclaredMethods()) {
      if (isDeclaredByHand(method) && !isMadeByCompiler(method)) {
        lines.add(
            new Line(
                method.getName(),
                modifiers(type, method)
                    + variables(method)
                    + name(method.getAnnotatedReturnType())
                    + " "
                    + call(method)));
      }
    }
    return lines.stream()
        .sorted(comparing(Line::name).thenComparing(Line::text))
        .map(Line::text)
        .toList();
  }

  private static String call(Executable executable) {
    String name = executable instanceof Method ? executable.getName() : "new";
    String parameters =
        Arrays.stream(executable.getParameters())
            .map(p -> name(p.getAnnotatedType()) + " " + p.getName())
            .collect(joining(", "));
    if (executable.isVarArgs()) {
      int last = parameters.lastIndexOf("[] ");
      parameters = parameters.substring(0, last) + "..." + parameters.substring(last + 2);
    }
    String failures = names(executable.getAnnotatedExceptionTypes());
    return name + "(" + parameters + ")" + (failures.isEmpty() ? "" : " throws " + failures);
  }

  private static boolean isDeclaredByHand(Member member) {
    return isVisible(member.getModifiers())
        && !member.isSynthetic()
        && !member.getName().equals("serialVersionUID");
  }

  private static boolean isCanonical(Constructor<?> constructor) {
    RecordComponent[] components = constructor.getDeclaringClass().getRecordComponents();
    return components != null
        && Arrays.equals(
            constructor.getParameterTypes(),
            Arrays.stream(components).map(RecordComponent::getType).toArray());
  }

  private static boolean isMadeByCompiler(Method method) {
    Class<?> type = method.getDeclaringClass();
    if (type.isRecord()) {
      boolean accessor =
          method.getParameterCount() == 0
              && Arrays.stream(type.getRecordComponents())
                  .anyMatch(c -> c.getName().equals(method.getName()));
      return accessor || OF_EVERY_RECORD.contains(method.getName());
    }
    return type.isEnum() && OF_EVERY_ENUM.contains(method.getName());
  }

  private static String modifiers(Class<?> type, Member member) {
    int modifiers = member.getModifiers();
    var words = new StringBuilder(Modifier.isProtected(modifiers) ? "protected " : "");
    if (Modifier.isStatic(modifiers)) {
      words.append("static ");
    }
    if (type.isInterface()
        && member instanceof Method method
        && (method.isDefault() || method.getDefaultValue() != null)) {
      words.append("default ");
    }
    if (!type.isInterface() && Modifier.isAbstract(modifiers)) {
      words.append("abstract ");
    }
    return words.toString();
  }

  private static String variables(Executable executable) {
    String variables = variables(executable.getTypeParameters());
    return variables.isEmpty() ? "" : variables + " ";
  }

  private static String variables(TypeVariable<?>[] variables) {
    return variables.length == 0
        ? ""
        : Arrays.stream(variables).map(PublicApi::variable).collect(joining(", ", "<", ">"));
  }

  private static String variable(TypeVariable<?> variable) {
    String bounds =
        Arrays.stream(variable.getAnnotatedBounds())
            .map(PublicApi::name)
            .filter(bound -> !bound.equals("Object"))
            .collect(joining(" & "));
    return variable.getName() + (bounds.isEmpty() ? "" : " extends " + bounds);
  }

  private static String names(AnnotatedType[] types) {
    return Arrays.stream(types).map(PublicApi::name).collect(joining(", "));
  }

  /** A type as in source, with what may be null, and without packages. */
  private static String name(AnnotatedType type) {
    return type.toString()
        .replace("@org.jspecify.annotations.Nullable()", "@Nullable")
        .replaceAll("\\b([a-z][a-z0-9_]*\\.)+(?=[A-Z@])", "")
        .replace('$', '.');
  }
}
