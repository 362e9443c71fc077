package dev.reprise.graph;

import dev.reprise.task.CachePolicy;
import dev.reprise.task.CachePolicy.Property;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one place says of a step's cache policy. The layers of a step come nearest first: each says
 * what those before it left open.
 *
 * @param place for people, as {@code task} or {@code pipeline}
 */
public record PolicyLayer(String place, CachePolicy says) {
  /**
   * What a place says of several steps.
   *
   * @throws PipelineException if only a task can say it
   */
  public static PolicyLayer ofMany(String place, CachePolicy says) {
    for (Property property : says.said()) {
      if (property.isOfTask()) {
        throw new PipelineException(
            "the %s says '%s' of all its steps, which is about one function; say it of the task"
                .formatted(place, property.word()));
      }
    }
    return new PolicyLayer(place, says);
  }

  /** What all of them say together. */
  static CachePolicy merged(List<PolicyLayer> layers) {
    CachePolicy merged = CachePolicy.DEFAULT;
    for (PolicyLayer layer : layers) {
      merged = merged.orElse(layer.says);
    }
    return merged;
  }

  /** The place that decides a property; null if none says anything of it. */
  static @Nullable String placeOf(List<PolicyLayer> layers, Property property) {
    for (PolicyLayer layer : layers) {
      if (layer.says.says(property)) {
        return layer.place;
      }
    }
    return null;
  }
}
