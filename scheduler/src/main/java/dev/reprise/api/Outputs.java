package dev.reprise.api;

import dev.reprise.cache.base.Text;
import dev.reprise.graph.Edge;
import dev.reprise.graph.GraphBuilder;
import dev.reprise.graph.PipelineException;
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
  private final GraphBuilder owner;
  private final int node;
  private final List<String> names;
  private final Class<R> type;

  Outputs(GraphBuilder owner, int node, List<String> names, Class<R> type) {
    this.owner = owner;
    this.node = node;
    this.names = names;
    this.type = type;
  }

  /**
   * A handle on one result.
   *
   * @param name of the record's component
   * @param as type of the component
   * @throws PipelineException if the record has no such component of that type
   */
  public <T extends @Nullable Object> Value<T> get(String name, Class<T> as) {
    int index = names.indexOf(name);
    if (index < 0) {
      throw new PipelineException(
          "%s has no component %s (it has %s)%s"
              .formatted(
                  type.getSimpleName(),
                  Text.quote(name),
                  String.join(", ", names),
                  Text.hint(name, names)));
    }
    Class<?> declared = type.getRecordComponents()[index].getType();
    if (!boxed(as).isAssignableFrom(boxed(declared))) {
      throw new PipelineException(
          "component '%s' of %s is of type %s, not %s"
              .formatted(name, type.getSimpleName(), declared.getSimpleName(), as.getSimpleName()));
    }
    return new Value<>(owner, new Edge.Part(node, index));
  }

  private static Class<?> boxed(Class<?> type) {
    return MethodType.methodType(type).wrap().returnType();
  }
}
