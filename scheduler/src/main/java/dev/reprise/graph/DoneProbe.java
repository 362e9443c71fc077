package dev.reprise.graph;

/** Says whether what a side effect does is done already. */
@FunctionalInterface
public interface DoneProbe {
  /** Whether it is; may throw, and it is not known then. */
  boolean isDone() throws Exception;
}
