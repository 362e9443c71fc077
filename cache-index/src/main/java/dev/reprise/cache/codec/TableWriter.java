package dev.reprise.cache.codec;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.codec.Codec.Encoded;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Writes a table batch by batch, as an Arrow IPC file, and digests its rows on the way: for who
 * makes tables that are larger than memory. {@link ArrowCodec} writes whole tables so. Belongs to
 * one thread.
 */
public final class TableWriter implements AutoCloseable {
  private final Schema schema;
  private final RowOrder order;
  private final RowDigester digester;
  private final BufferAllocator allocator = TableMemory.open(Long.MAX_VALUE);
  private final VectorSchemaRoot columns;
  private final BatchWriter writer;

  /**
   * @param to is not closed
   * @throws NoCodecException if there is a column of a type that tables cannot keep
   */
  public TableWriter(Schema schema, RowOrder order, OutputStream to) throws NoCodecException {
    @Nullable String refusal = TableTypes.refusal(schema);
    if (refusal != null) {
      throw new NoCodecException(refusal);
    }
    this.schema = schema;
    this.order = order;
    digester = new RowDigester(schema, order);
    columns = VectorSchemaRoot.create(schema, allocator);
    writer = new BatchWriter(columns, Channels.newChannel(to));
  }

  /**
   * Writes the rows of {@code batch}, which has this writer's schema. Puts zeros under its nulls,
   * in place.
   */
  public void write(VectorSchemaRoot batch) throws IOException {
    batch.getFieldVectors().forEach(UnsetSlots::zero);
    writeClean(batch);
  }

  /** Writes a batch that has zeros under its nulls. */
  void writeClean(VectorSchemaRoot batch) throws IOException {
    digester.add(batch);
    try (ArrowRecordBatch unloaded = new VectorUnloader(batch).getRecordBatch()) {
      writer.write(unloaded);
    }
  }

  /** Ends the file. Nothing can be written afterwards. */
  public Encoded finish() throws IOException {
    writer.finish();
    return new Encoded(
        digester.content(), digester.rows(), Bytes.wrap(schema.serializeAsMessage()));
  }

  /** Id of the codec whose form this is, to be recorded with the partition. */
  public String codec() {
    return new ArrowCodec(order).id();
  }

  /**
   * The sum of the rows so far, which can be added to that of other pieces of the table.
   *
   * @throws IllegalStateException if the order of rows matters: such tables have no sum
   */
  public TableDigest digest() {
    return digester.digest();
  }

  /** Frees memory; does not end the file. */
  @Override
  public void close() {
    columns.close();
    allocator.close();
  }

  /** Writes batches that are not in the vectors it was made with. */
  private static final class BatchWriter extends ArrowFileWriter {
    BatchWriter(VectorSchemaRoot columns, WritableByteChannel to) {
      super(columns, null, to);
    }

    void write(ArrowRecordBatch batch) throws IOException {
      start();
      writeRecordBatch(batch);
    }

    void finish() throws IOException {
      start(); // a table without batches has a schema, too
      end();
    }
  }
}
