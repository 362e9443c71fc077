package dev.reprise.cache.codec;

import java.io.IOException;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** Reads a table's own memory, batch by batch. */
final class TableReader extends ArrowReader {
  private final TableMemory memory;
  private int next;
  private boolean closed;

  /** Uses {@code memory}, which has been retained for it. */
  TableReader(TableMemory memory) {
    super(memory.allocator());
    this.memory = memory;
  }

  @Override
  public boolean loadNextBatch() throws IOException {
    prepareLoadNextBatch();
    if (next == memory.batches().size()) {
      return false;
    }
    VectorSchemaRoot batch = memory.batches().get(next++);
    loadRecordBatch(new VectorUnloader(batch).getRecordBatch());
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
