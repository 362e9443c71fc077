package dev.reprise.graph;

import dev.reprise.task.Functions.F1;
import org.jspecify.annotations.Nullable;

/**
 * A source outside, as it was declared: steps that take it get its value, and their keys have what
 * a function of the user's says of the content behind it. It is the value of an {@link
 * Edge.Constant}, and is known by being one object.
 */
public final class ObservedSpec {
  private final String name;
  private final @Nullable Object value;
  private final F1<@Nullable Object, @Nullable String> probe;

  /**
   * @param name unique in the pipeline
   * @param value what steps get: where the source is
   * @param probe says the version of the content; asked once for each run or plan, and again before
   *     results are kept
   */
  public ObservedSpec(
      String name, @Nullable Object value, F1<@Nullable Object, @Nullable String> probe) {
    this.name = GraphBuilder.checkName("a source", name);
    this.value = value;
    this.probe = probe;
  }

  /** Unique in the pipeline. */
  public String name() {
    return name;
  }

  /** What steps get. */
  public @Nullable Object value() {
    return value;
  }

  /** Says the version of the content; may return null, or throw anything. */
  public F1<@Nullable Object, @Nullable String> probe() {
    return probe;
  }

  /** Its name alone: the value may be secret. */
  @Override
  public String toString() {
    return "source '" + name + "'";
  }
}
