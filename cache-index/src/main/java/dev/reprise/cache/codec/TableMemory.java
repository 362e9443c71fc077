package dev.reprise.cache.codec;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
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
    this(schema, open(limit));
  }

  /**
   * @param allocator is taken over
   */
  TableMemory(Schema schema, BufferAllocator allocator) {
    this.schema = schema;
    this.allocator = allocator;
  }

  /**
   * Returns an allocator of its own.
   *
   * @throws IllegalStateException if the JVM was started so that Arrow cannot work in it; says with
   *     which option it can
   */
  static BufferAllocator open(long limit) {
    try {
      BufferAllocator allocator = new RootAllocator(limit);
      probe(allocator);
      return allocator;
    } catch (LinkageError e) {
      throw closed(e);
    }
  }

  /** Tries what reading a table does, which Arrow does not before it is too late to tell. */
  private static void probe(BufferAllocator allocator) {
    ArrowBuf buffer;
    try {
      buffer = allocator.buffer(1);
    } catch (UnsupportedOperationException e) {
      allocator.close();
      throw tooSmall(e);
    } catch (OutOfMemoryException | OutOfMemoryError e) {
      return; // may have passed when it matters
    }
    IllegalStateException failure = null;
    try (buffer) {
      buffer.nioBuffer();
    } catch (UnsupportedOperationException e) {
      failure = closed(e);
    }
    if (failure != null) {
      allocator.close();
      throw failure;
    }
  }

  /**
   * Allocates memory for bytes that are there to be read into it.
   *
   * @throws IOException if there is not enough just now
   */
  static ArrowBuf allocate(BufferAllocator allocator, long bytes) throws IOException {
    try {
      return allocator.buffer(bytes);
    } catch (OutOfMemoryError e) {
      // Java's own, which Arrow knows by a message that Java does not use any more
      String message = String.valueOf(e.getMessage());
      if (message.contains("direct")) {
        throw shortage(e);
      }
      throw e;
    }
  }

  static IOException shortage(Throwable cause) {
    return new IOException(
        "there is not enough direct memory left for the table; run fewer tasks at a time here, or"
            + " raise -XX:MaxDirectMemorySize",
        cause);
  }

  private static IllegalStateException closed(Throwable cause) {
    return new IllegalStateException(
        "Arrow cannot reach this JVM's memory; start java with"
            + " --add-opens=java.base/java.nio=ALL-UNNAMED ('reprise classpath --jvm-options'"
            + " prints all options)",
        cause);
  }

  private static IllegalStateException tooSmall(Throwable cause) {
    return new IllegalStateException(
        "Arrow gets no direct memory from this JVM; raise -XX:MaxDirectMemorySize, or -Xmx where"
            + " that is not set, and set no -Dio.netty.noUnsafe",
        cause);
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
