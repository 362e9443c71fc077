package dev.reprise.cache.codec;

import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * The memory of one table: an allocator of its own, so that nothing is shared with other tables or
 * with who made it, and nothing needs to be closed before or after anything else.
 *
 * <p>Counts who uses it: the table and the readers opened from it. The last one to let go frees it.
 */
final class TableMemory {
  private final Schema schema;
  private final BufferAllocator allocator;
  private final List<VectorSchemaRoot> batches = new ArrayList<>();
  private int users = 1;

  /**
   * @param limit the most that may be allocated, in bytes
   */
  TableMemory(Schema schema, long limit) {
    this.schema = schema;
    this.allocator = open(limit);
  }

  /** Returns an allocator of its own, or says what the JVM lacks. */
  static BufferAllocator open(long limit) {
    try {
      return new RootAllocator(limit);
    } catch (LinkageError e) {
      throw new IllegalStateException(
          "Arrow cannot reach this JVM's memory; start java with"
              + " --add-opens=java.base/java.nio=ALL-UNNAMED ('reprise classpath --jvm-options'"
              + " prints all options)",
          e);
    }
  }

  BufferAllocator allocator() {
    return allocator;
  }

  Schema schema() {
    return schema;
  }

  List<VectorSchemaRoot> batches() {
    return batches;
  }

  /** Takes over a batch whose buffers are this memory's; closes it. */
  void take(ArrowRecordBatch batch) {
    VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator);
    try (batch) {
      new VectorLoader(root).load(batch);
    } catch (RuntimeException e) {
      root.close();
      throw e;
    }
    batches.add(root);
  }

  /** Copies a batch. */
  void copy(VectorSchemaRoot source) {
    take(BatchCopy.of(source, allocator));
    batches.get(batches.size() - 1).getFieldVectors().forEach(UnsetSlots::zero);
  }

  synchronized void retain() {
    if (users == 0) {
      throw new IllegalStateException("the table is closed");
    }
    users++;
  }

  /** Lets go; the last one frees the memory. */
  void release() {
    synchronized (this) {
      users--;
      if (users > 0) {
        return;
      }
    }
    batches.forEach(VectorSchemaRoot::close);
    allocator.close();
  }
}
