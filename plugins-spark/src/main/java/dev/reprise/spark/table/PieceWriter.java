package dev.reprise.spark.table;

import dev.reprise.cache.codec.Codec.Encoded;
import dev.reprise.cache.codec.RowOrder;
import dev.reprise.cache.codec.TableDigest;
import dev.reprise.cache.codec.TableWriter;
import dev.reprise.cache.store.BlobWriter;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.store.StorePlace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.write.DataWriter;
import org.apache.spark.sql.connector.write.DataWriterFactory;
import org.apache.spark.sql.connector.write.WriterCommitMessage;

/** Writes the rows of one task as one blob, in one pass. */
final class PieceWriter implements DataWriter<InternalRow> {
  private final StorePlace place;
  private final Schema schema;
  private final RowOrder order;
  private final BlobWriter out;
  private final TableWriter table;
  private final RowBatch batch;

  private PieceWriter(StorePlace place, Schema schema, RowOrder order, BlobWriter out)
      throws IOException {
    this.place = place;
    this.schema = schema;
    this.order = order;
    this.out = out;
    table = new TableWriter(schema, order, out);
    batch = new RowBatch(schema);
  }

  /**
   * Opens the writers of one table, on executors.
   *
   * @param schema Arrow's, serialized
   * @param freeSpaceFloor of the store, in bytes
   * @param attempt unique to the attempt at the step; tasks add what is unique to them
   * @param inlineLimit for each piece, in bytes
   */
  record Factory(
      StorePlace place,
      long freeSpaceFloor,
      String run,
      String attempt,
      byte[] schema,
      boolean ordered,
      int inlineLimit)
      implements DataWriterFactory {
    private static final long serialVersionUID = 3L;

    @Override
    public DataWriter<InternalRow> createWriter(int partition, long task) {
      try {
        ResultStore store = Stores.open(place, freeSpaceFloor);
        return new PieceWriter(
            place,
            Schema.deserializeMessage(ByteBuffer.wrap(schema)),
            ordered ? RowOrder.SIGNIFICANT : RowOrder.ANY,
            store.write(run, attempt + "-" + task, inlineLimit));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** What Spark passes to the driver. */
  record Message(byte[] piece) implements WriterCommitMessage {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public void write(InternalRow row) throws IOException {
    batch.add(row);
    if (batch.isFull()) {
      flush();
    }
  }

  private void flush() throws IOException {
    try {
      table.write(batch.columns());
    } catch (IOException e) {
      throw Stores.trouble(place, e);
    }
    batch.clear();
  }

  @Override
  public WriterCommitMessage commit() throws IOException {
    if (!batch.isEmpty()) {
      flush();
    }
    try {
      Encoded encoded = table.finish();
      Location location = out.finish();
      PartitionRef partition =
          new PartitionRef(
              encoded.content(),
              table.codec(),
              out.written(),
              encoded.rows(),
              encoded.schema(),
              location);
      return new Message(new Piece(partition, sum()).toBytes());
    } catch (IOException e) {
      throw Stores.trouble(place, e);
    }
  }

  private TableDigest sum() {
    return order == RowOrder.ANY ? table.digest() : TableDigest.empty(schema);
  }

  /** What was written is removed by {@link #close}. */
  @Override
  public void abort() {}

  @Override
  public void close() throws IOException {
    batch.close();
    table.close();
    out.close();
  }
}
