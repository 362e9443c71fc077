package dev.reprise.api;

/** A pipeline that the command line offers by name; found by {@code ServiceLoader}. */
public interface NamedPipeline extends Pipeline.Definition {
  /** As in {@code reprise run NAME}. */
  String name();

  /** What it does, in one line. */
  String description();
}
