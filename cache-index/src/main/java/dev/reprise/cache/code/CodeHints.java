package dev.reprise.cache.code;

import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a task depends on beside what its bytecode shows. Orders do not matter.
 *
 * @param crossing names of classes, as {@link Class#getName} gives them, whose instances reach the
 *     task from outside: captured values, and what its arguments may hold beside the types that its
 *     signature names
 * @param handedOn names of classes, likewise, that reach the task as classes: reflection has them
 * @param alsoRuns names of classes, likewise, all of whose code counts, such as what reflection
 *     reaches
 * @param alsoReads paths of class-path resources whose content counts, without a leading slash
 */
public record CodeHints(
    List<String> crossing, List<String> handedOn, List<String> alsoRuns, List<String> alsoReads) {
  /** Nothing but what the bytecode shows. */
  public static final CodeHints NONE = new CodeHints(List.of(), List.of(), List.of(), List.of());

  private static final Set<String> PRIMITIVES =
      Set.of("boolean", "byte", "char", "double", "float", "int", "long", "short", "void");

  public CodeHints {
    crossing = classes(crossing);
    handedOn = classes(handedOn);
    alsoRuns = classes(alsoRuns);
    alsoReads = List.copyOf(new TreeSet<>(alsoReads));
  }

  /** Takes what arrays hold in place of them, and leaves primitives out. */
  private static List<String> classes(List<String> names) {
    SortedSet<String> classes = new TreeSet<>();
    for (String name : names) {
      String element = Names.binary(Names.element(Names.internal(name)));
      if (!element.isEmpty() && !PRIMITIVES.contains(element)) {
        classes.add(element);
      }
    }
    return List.copyOf(classes);
  }
}
