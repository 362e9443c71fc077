package dev.reprise.cli.result;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Schema;

/** An Arrow IPC file, which any Arrow library reads. */
final class ArrowSink implements TableSink {
  private final BufferAllocator allocator = new RootAllocator();
  private final VectorSchemaRoot columns;
  private final BatchWriter writer;

  ArrowSink(Schema schema, OutputStream to) throws IOException {
    columns = VectorSchemaRoot.create(schema, allocator);
    writer = new BatchWriter(columns, Channels.newChannel(to));
    writer.start();
  }

  @Override
  public void write(VectorSchemaRoot batch) throws IOException {
    try (ArrowRecordBatch buffers = new VectorUnloader(batch).getRecordBatch()) {
      writer.write(buffers);
    }
  }

  @Override
  public void finish() throws IOException {
    writer.end();
  }

  @Override
  public void close() {
    columns.close();
    allocator.close();
  }

  /** Writes the buffers of others as they are: memory of two tables cannot be loaded into one. */
  private static final class BatchWriter extends ArrowFileWriter {
    BatchWriter(VectorSchemaRoot columns, WritableByteChannel to) {
      super(columns, null, to);
    }

    void write(ArrowRecordBatch buffers) throws IOException {
      writeRecordBatch(buffers);
    }
  }
}
