package dev.reprise.spark.table;

import dev.reprise.cache.base.HostName;
import dev.reprise.cache.codec.TableStream;
import dev.reprise.cache.store.DamagedBlobException;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.StorePlace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.read.InputPartition;
import org.apache.spark.sql.connector.read.PartitionReader;
import org.apache.spark.sql.connector.read.PartitionReaderFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/** Reads wanted columns of one piece; each batch takes the place of the one before. */
final class PieceReader implements PartitionReader<ColumnarBatch> {
  private final TableStream stream;
  private final List<String> columns;
  private final List<DataType> types;

  private PieceReader(TableStream stream, List<String> columns) {
    this.stream = stream;
    this.columns = columns;
    StructType read = TableSchemas.toSpark(stream.batch().getSchema());
    types = columns.stream().map(name -> read.apply(name).dataType()).toList();
  }

  /**
   * A piece, as it is told to a task.
   *
   * @param place of the store
   * @param piece as {@link Piece#toBytes} packs it
   */
  record Split(StorePlace place, byte[] piece) implements InputPartition {
    private static final long serialVersionUID = 2L;
  }

  /**
   * Opens readers, on executors.
   *
   * @param columns names of those that are wanted, in order
   */
  record Factory(List<String> columns) implements PartitionReaderFactory {
    private static final long serialVersionUID = 1L;

    @Override
    public boolean supportColumnarReads(InputPartition split) {
      return true;
    }

    @Override
    public PartitionReader<InternalRow> createReader(InputPartition split) {
      throw new UnsupportedOperationException("pieces are read by columns");
    }

    @Override
    public PartitionReader<ColumnarBatch> createColumnarReader(InputPartition partition) {
      Split split = (Split) partition;
      PartitionRef piece = Piece.of(split.piece()).partition();
      try {
        return new PieceReader(
            TableStream.open(
                Stores.open(split.place()).read(piece.location()), Set.copyOf(columns)::contains),
            columns);
      } catch (IOException e) {
        throw new UncheckedIOException(told(e));
      }
    }
  }

  /** What the driver can make something of. */
  private static IOException told(IOException e) {
    return e instanceof DamagedBlobException damaged
        ? new DamagedPieceException(damaged, HostName.find())
        : e;
  }

  @Override
  public boolean next() throws IOException {
    try {
      return stream.next();
    } catch (IOException e) {
      throw told(e);
    }
  }

  @Override
  public ColumnarBatch get() {
    VectorSchemaRoot batch = stream.batch();
    ColumnVector[] vectors = new ColumnVector[columns.size()];
    for (int i = 0; i < vectors.length; i++) {
      FieldVector vector = batch.getVector(columns.get(i));
      vectors[i] = PlainColumn.of(vector, types.get(i), batch.getRowCount());
    }
    return new ColumnarBatch(vectors, batch.getRowCount());
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
