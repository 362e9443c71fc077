package dev.reprise.graph;

import org.jspecify.annotations.Nullable;

/**
 * A source outside, as it was declared: steps that take it get its value, and their keys have what
 * a function of the user's says of the content behind it. It is the value of an {@link
 * Edge.Constant}, and is known by being one object.
 */
public final class ObservedSpec {
  /** Says the version of the content of one source. */
  @FunctionalInterface
  public interface Probe {
    /** The version; null if nothing can be said. */
    @Nullable String version() throws Exception;
  }

  private final String name;
  private final @Nullable Object value;
  private final Probe probe;

  /**
   * @param name unique in the pipeline
   * @param value what steps get: where the source is
   * @param probe says the version of the content; asked once for each run or plan, and again before
   *     results are kept
   */
  public ObservedSpec(String name, @Nullable Object value, Probe probe) {
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

  /** Says the version of the content. */
  public Probe probe() {
    return probe;
  }

  /** Its name alone: the value may be secret. */
  @Override
  public String toString() {
    return "source '" + name + "'";
  }
}
