package dev.reprise.graph;

import dev.reprise.cache.code.TaskFunction;
import dev.reprise.cache.codec.ArrowTable;
import dev.reprise.task.Receipt;
import dev.reprise.task.TaskSpec;
import java.lang.invoke.MethodType;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a step gives what a reference to it says. A handle needs no check, since it has the
 * type that the compiler gave it; a reference has the one that was written beside its name.
 */
final class GivenTypes {
  /** The classes by which functions take and return tables; the plugins' are not to be had here. */
  private static final Set<String> TABLES =
      Set.of(ArrowTable.class.getName(), "org.apache.spark.sql.Dataset");

  private GivenTypes() {}

  /**
   * Checks that a node's tables can be taken as {@code wanted}.
   *
   * @param name of the giver's step or source, for people
   */
  static void checkTable(Class<?> wanted, Node giver, String name) {
    Class<?> given = of(giver);
    if (!isTable(wanted) || (given != null && !isTable(given))) {
      throw new PipelineException(
          "'%s' gives %s, which cannot be taken as %s: only tables are the same in another class"
              .formatted(
                  name, given == null ? "a value" : given.getTypeName(), wanted.getTypeName()));
    }
  }

  static boolean isTableOfAnEngine(Node giver) {
    Class<?> given = of(giver);
    return given != null && isTable(given) && given != ArrowTable.class;
  }

  private static boolean isTable(Class<?> type) {
    return TABLES.contains(type.getName());
  }

  /**
   * Checks one reference, by classes without their type arguments.
   *
   * @param consumer what takes it, for people
   * @param wanted class that was written
   * @param giver the node that is referred to
   * @param name of the giver's step or source, for people
   */
  static void check(String consumer, Class<?> wanted, Node giver, String name) {
    Class<?> given = of(giver);
    if (given != null && isTable(given) && isTable(wanted)) {
      return;
    }
    if (given != null && !boxed(wanted).isAssignableFrom(boxed(given))) {
      throw new PipelineException(
          "%s takes %s from '%s', which gives %s; refer to it by that class"
              .formatted(consumer, wanted.getTypeName(), name, given.getTypeName()));
    }
  }

  /** Class of each value that a node gives; null if it is not known. */
  private static @Nullable Class<?> of(Node giver) {
    return switch (giver.kind()) {
      case FILES -> Path.class;
      case SINGLE, EACH, FAN_OUT, COMBINE -> returned(giver.step());
      case ELEMENTS, PARTS -> null; // only the type arguments of the list would tell
    };
  }

  /**
   * What the function returns at the place where it was written. {@code Object} is also what is
   * left of a type variable there, so it tells nothing.
   */
  private static @Nullable Class<?> returned(TaskSpec task) {
    if (task.effect()) {
      return Receipt.class;
    }
    try {
      String written = TaskFunction.of(task.function()).descriptor();
      ClassLoader loader = task.function().getClass().getClassLoader();
      Class<?> type = MethodType.fromMethodDescriptorString(written, loader).returnType();
      return type == Object.class || type == void.class ? null : type;
    } catch (IllegalArgumentException | TypeNotPresentException | LinkageError e) {
      return null; // whoever resolves the task says what is wrong with it
    }
  }

  private static Class<?> boxed(Class<?> type) {
    return MethodType.methodType(type).wrap().returnType();
  }
}
