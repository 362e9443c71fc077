package dev.reprise.api;

import dev.reprise.graph.Edge;
import java.lang.invoke.MethodType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A handle on a step with several results: the components of the record that its task returns, each
 * kept and compared by itself, so that a step that takes one is untouched by a change of another.
 *
 * @param <R> type of the record
 */
public final class Outputs<R extends Record> {
  private final int node;
  private final List<String> names;
  private final Class<R> type;

  Outputs(int node, List<String> names, Class<R> type) {
    this.node = node;
    this.names = names;
    this.type = type;
  }

  /**
   * A handle on one result.
   *
   * @param name of the record's component
   * @param as type of the component
   * @throws IllegalArgumentException if the record has no such component of that type
   */
  public <T extends @Nullable Object> Value<T> get(String name, Class<T> as) {
    int index = names.indexOf(name);
    if (index < 0) {
      throw new IllegalArgumentException(
          "%s has no component '%s'; it has %s".formatted(type.getSimpleName(), name, names));
    }
    Class<?> declared = type.getRecordComponents()[index].getType();
    if (!as.isAssignableFrom(MethodType.methodType(declared).wrap().returnType())) {
      throw new IllegalArgumentException(
          "component '%s' of %s is a %s, not a %s"
              .formatted(name, type.getSimpleName(), declared.getSimpleName(), as.getSimpleName()));
    }
    return new Value<>(new Edge.Part(node, index));
  }
}
