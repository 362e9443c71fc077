package dev.reprise.bench.compare;

import static dev.reprise.cache.base.Checks.checkState;

import java.lang.management.ManagementFactory;

/** What the heap of this process holds. */
public final class LiveHeap {
  private static final int MOST_COLLECTIONS = 20;

  /**
   * What one collection finds to be free, as behind weak references, another frees; and other
   * threads make something meanwhile.
   */
  private static final int IDLE_COLLECTIONS = 3;

  private LiveHeap() {}

  /** Bytes on the heap that something refers to: collects until several in a row bring no less. */
  public static long bytes() {
    long least = used();
    int idle = 0;
    for (int i = 1; idle < IDLE_COLLECTIONS && i < MOST_COLLECTIONS; i++) {
      long now = used();
      idle = now < least ? 0 : idle + 1;
      least = Math.min(least, now);
    }
    return least;
  }

  private static long used() {
    System.gc();
    long bytes = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    checkState(bytes > 0, "the JVM does not say what its heap holds");
    return bytes;
  }
}
