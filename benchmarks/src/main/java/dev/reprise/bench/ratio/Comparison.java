package dev.reprise.bench.ratio;

import java.util.List;
import java.util.stream.Stream;

/**
 * Two ways to one end. Whoever measures calls them in turns; each call prepares what it needs,
 * checks what came out, and returns what the part that counts has cost.
 */
public interface Comparison extends AutoCloseable {
  /** What Reprise costs, in the unit that the peer's cost has: nanoseconds, bytes, or a count. */
  double ours() throws Exception;

  /** What the peer costs. */
  double peer() throws Exception;

  /** Whether the costs are counts, which no other process changes: one pair says it all. */
  default boolean exact() {
    return false;
  }

  /**
   * Processes beside this one that work for either side: their load is none of others'. Asked for
   * time and again, also by another thread while a side works.
   */
  default Stream<ProcessHandle> processes() {
    return Stream.empty();
  }

  /** What else was seen, for people; a line each. Asked for at the end. */
  default List<String> notes() {
    return List.of();
  }

  @Override
  default void close() throws Exception {}
}
