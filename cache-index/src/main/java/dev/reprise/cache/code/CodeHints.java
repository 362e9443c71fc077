package dev.reprise.cache.code;

import java.util.Collection;
import java.util.List;

/**
 * What a task depends on beside what its bytecode shows. Orders do not matter.
 *
 * @param crossing binary names of classes whose instances reach the task from outside: captured
 *     values, and what its arguments may hold beside the types that its signature names
 * @param alsoRuns binary names of classes all of whose code counts, such as what reflection reaches
 * @param alsoReads paths of class-path resources whose content counts, without a leading slash
 */
public record CodeHints(List<String> crossing, List<String> alsoRuns, List<String> alsoReads) {
  /** Nothing but what the bytecode shows. */
  public static final CodeHints NONE = new CodeHints(List.of(), List.of(), List.of());

  public CodeHints {
    crossing = crossing.stream().distinct().sorted().toList();
    alsoRuns = alsoRuns.stream().distinct().sorted().toList();
    alsoReads = alsoReads.stream().distinct().sorted().toList();
  }

  /** Returns hints on classes that are loaded. */
  public static CodeHints of(
      Collection<Class<?>> crossing, Collection<Class<?>> alsoRuns, Collection<String> alsoReads) {
    return new CodeHints(names(crossing), names(alsoRuns), List.copyOf(alsoReads));
  }

  private static List<String> names(Collection<Class<?>> classes) {
    return classes.stream().filter(each -> !each.isArray()).map(Class::getName).toList();
  }
}
