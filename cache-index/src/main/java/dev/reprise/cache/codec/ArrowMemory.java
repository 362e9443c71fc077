package dev.reprise.cache.codec;

import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/**
 * The memory of all tables of this JVM. One root, because buffers can change hands only below one
 * root (from a reader to the table that it fills); each table accounts for its own in a child,
 * which must be empty when the table is closed.
 */
final class ArrowMemory {
  private static final class Root {
    private static final BufferAllocator ALLOCATOR = open();

    private static BufferAllocator open() {
      try {
        return new RootAllocator();
      } catch (LinkageError e) {
        throw new IllegalStateException(
            "Arrow cannot reach this JVM's memory; start java with"
                + " --add-opens=java.base/java.nio=ALL-UNNAMED ('reprise classpath --jvm-options'"
                + " prints all options)",
            e);
      }
    }
  }

  private ArrowMemory() {}

  /** Returns a new allocator for one table. */
  static BufferAllocator child(String name) {
    return Root.ALLOCATOR.newChildAllocator(name, 0, Long.MAX_VALUE);
  }

  /** Bytes that tables hold now. */
  static long allocated() {
    return Root.ALLOCATOR.getAllocatedMemory();
  }
}
