package dev.reprise.cache.upkeep;

/** Is told how far long work has come. Must not take long. */
@FunctionalInterface
public interface Progress {
  /** Shows nothing. */
  Progress NONE = (entries, bytes) -> {};

  /**
   * Called every now and then.
   *
   * @param entries done so far
   * @param bytes read so far
   */
  void at(long entries, long bytes);
}
