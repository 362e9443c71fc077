package dev.reprise.plan;

import dev.reprise.cache.fingerprint.Secret;
import dev.reprise.graph.Edge;
import dev.reprise.graph.Node;
import dev.reprise.graph.ObservedSpec;
import dev.reprise.graph.PipelineException;
import dev.reprise.graph.ResourceSpec;
import dev.reprise.task.NamedCache;
import java.time.Duration;
import java.time.temporal.Temporal;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A key that a user writes, for a step: what of it is text, and what enters it by content.
 *
 * @param text the key; what other steps give is in braces
 * @param boundaries as {@link NamedCache.Key#boundaries}
 */
record WrittenKey(String text, String boundaries) {
  /**
   * The key with the texts of what the definition gives to the step. What other steps give stays in
   * braces.
   *
   * @param edges of the arguments in the key, by the names that it has for them
   * @throws PipelineException if it comes out as no key, an argument has no text, or all units of
   *     the step would have the same
   */
  static WrittenKey of(Node node, NamedCache.Key key, Map<String, Edge> edges) {
    Map<String, String> texts = new LinkedHashMap<>();
    edges.forEach(
        (name, edge) -> {
          if (edge instanceof Edge.Constant constant) {
            texts.put(name, text(node, name, constant.value()));
          }
        });
    for (Edge edge : node.inputs()) {
      if (edge.isOfPartitions() && !edges.containsValue(edge)) {
        throw new PipelineException(
            "step '%s': all its partitions would have one key, '%s' of cache '%s'; name the argument in it that is partitioned"
                .formatted(node.name(), key.template(), key.cache().name()));
      }
    }
    try {
      return new WrittenKey(key.filled(texts), key.boundaries(texts));
    } catch (IllegalArgumentException e) {
      throw new PipelineException("step '%s': %s".formatted(node.name(), e.getMessage()), e);
    }
  }

  private static String text(Node node, String name, @Nullable Object value) {
    if (value instanceof Enum<?> constant) {
      return constant.name();
    }
    boolean hasText =
        value instanceof CharSequence
            || value instanceof Number
            || value instanceof Boolean
            || value instanceof Character
            || value instanceof Temporal
            || value instanceof Duration;
    if (hasText) {
      return String.valueOf(value);
    }
    throw new PipelineException(
        "step '%s': argument '%s' is %s, which no key can be written of; use text, a number, a truth value, an enum, a date or a time"
            .formatted(
                node.name(),
                name,
                value == null
                    ? "null"
                    : value instanceof Secret<?>
                        ? "a secret"
                        : value instanceof ResourceSpec
                            ? "a resource"
                            : value instanceof ObservedSpec
                                ? "an observed source, of which its text says too little"
                                : "a " + value.getClass().getName()));
  }
}
