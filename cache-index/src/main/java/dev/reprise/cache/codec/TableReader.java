package dev.reprise.cache.codec;

import java.io.IOException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** Reads a table batch by batch: its own memory, or copies in another allocator's. */
final class TableReader extends ArrowReader {
  private final TableMemory memory;
  private int next;
  private boolean closed;

  /** Uses {@code memory}, which has been retained for it. */
  TableReader(TableMemory memory, BufferAllocator allocator) {
    super(allocator);
    this.memory = memory;
  }

  @Override
  public boolean loadNextBatch() throws IOException {
    prepareLoadNextBatch();
    if (next == memory.batches().size()) {
      return false;
    }
    VectorSchemaRoot batch = memory.batches().get(next++);
    loadRecordBatch(
        allocator.getRoot() == memory.allocator().getRoot()
            ? new VectorUnloader(batch).getRecordBatch()
            : BatchCopy.of(batch, allocator));
    return true;
  }

  @Override
  public long bytesRead() {
    return 0; // nothing is read from anywhere
  }

  @Override
  protected Schema readSchema() {
    return memory.schema();
  }

  @Override
  public void close(boolean closeReadSource) throws IOException {
    super.close(closeReadSource);
    if (!closed) {
      closed = true;
      memory.release();
    }
  }

  @Override
  protected void closeReadSource() {}
}
