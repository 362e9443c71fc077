package dev.reprise.bench.compare;

import static dev.reprise.cache.base.Checks.checkState;

import java.lang.management.ManagementFactory;

/** What the heap of this process holds. */
public final class LiveHeap {
  private static final int MOST_COLLECTIONS = 10;

  private LiveHeap() {}

  /** Bytes on the heap that something refers to: collects until there is no less. */
  public static long bytes() {
    long before = Long.MAX_VALUE;
    long now = used();
    for (int i = 0; now < before && i < MOST_COLLECTIONS; i++) {
      before = now;
      now = used();
    }
    return now;
  }

  private static long used() {
    System.gc();
    long bytes = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    checkState(bytes > 0, "the JVM does not say what its heap holds");
    return bytes;
  }
}
