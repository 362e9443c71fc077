package dev.reprise.spark.table;

import dev.reprise.cache.codec.RowOrder;
import dev.reprise.cache.codec.TableDigest;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.catalog.Column;
import org.apache.spark.sql.connector.catalog.SupportsWrite;
import org.apache.spark.sql.connector.catalog.TableCapability;
import org.apache.spark.sql.connector.write.BatchWrite;
import org.apache.spark.sql.connector.write.DataWriter;
import org.apache.spark.sql.connector.write.DataWriterFactory;
import org.apache.spark.sql.connector.write.LogicalWriteInfo;
import org.apache.spark.sql.connector.write.PhysicalWriteInfo;
import org.apache.spark.sql.connector.write.Write;
import org.apache.spark.sql.connector.write.WriteBuilder;
import org.apache.spark.sql.connector.write.WriterCommitMessage;
import org.jspecify.annotations.Nullable;

/** A table of the store that is being written; in the driver. */
final class TableSink implements SupportsWrite {
  /** So many bytes of one table may be inline, whatever the limit for each of its pieces. */
  private static final int INLINE_BUDGET = 4 << 20;

  private final StoredTables.Target target;
  private final Schema schema;
  private final ResultStore store;
  private @Nullable Manifest written;

  /**
   * @param schema of the dataset
   * @param store the driver's, to drop what nobody will publish
   */
  TableSink(StoredTables.Target target, Schema schema, ResultStore store) {
    this.target = target;
    this.schema = schema;
    this.store = store;
  }

  /** What was written; null before the end. */
  @Nullable Manifest written() {
    return written;
  }

  @Override
  public String name() {
    return "result of " + target.step();
  }

  /** It takes any. */
  @Override
  public Column[] columns() {
    return new Column[0];
  }

  @Override
  public Set<TableCapability> capabilities() {
    return EnumSet.of(TableCapability.BATCH_WRITE, TableCapability.ACCEPT_ANY_SCHEMA);
  }

  @Override
  public WriteBuilder newWriteBuilder(LogicalWriteInfo info) {
    return new WriteBuilder() {
      @Override
      public Write build() {
        return new Write() {
          @Override
          public String description() {
            return name();
          }

          @Override
          public BatchWrite toBatch() {
            return new Pieces();
          }
        };
      }
    };
  }

  private final class Pieces implements BatchWrite {
    @Override
    public DataWriterFactory createBatchWriterFactory(PhysicalWriteInfo info) {
      int share = INLINE_BUDGET / Math.max(1, info.numPartitions());
      return factory(Math.min(target.inlineLimit(), share));
    }

    private PieceWriter.Factory factory(int inlineLimit) {
      return new PieceWriter.Factory(
          target.place(),
          store.freeSpaceFloor(),
          target.run(),
          target.attempt(),
          schema.serializeAsMessage(),
          target.order() == RowOrder.SIGNIFICANT,
          inlineLimit);
    }

    @Override
    public void commit(WriterCommitMessage[] messages) {
      List<Piece> pieces = pieces(messages);
      List<Piece> kept =
          new ArrayList<>(pieces.stream().filter(piece -> piece.partition().rows() > 0).toList());
      if (kept.isEmpty()) {
        kept.add(pieces.isEmpty() ? none() : pieces.get(0));
      }
      pieces.stream().filter(piece -> !kept.contains(piece)).forEach(this::drop);
      written = Manifest.table(kept.stream().map(Piece::partition).toList(), content(kept));
    }

    /** A piece without rows, of a dataset that has no partitions: somebody must know the schema. */
    private Piece none() {
      try (DataWriter<InternalRow> writer = factory(target.inlineLimit()).createWriter(0, 0)) {
        return pieces(new WriterCommitMessage[] {writer.commit()}).get(0);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private Fingerprint content(List<Piece> pieces) {
      if (pieces.size() == 1) {
        return pieces.get(0).partition().content();
      }
      if (target.order() == RowOrder.ANY) {
        return pieces.stream()
            .map(Piece::digest)
            .reduce(TableDigest.empty(schema), TableDigest::plus)
            .content();
      }
      Hasher hasher = Hasher.of("reprise/pieces-in-order/1").putLong(pieces.size());
      pieces.forEach(piece -> hasher.putFingerprint(piece.partition().content()));
      return hasher.finish();
    }

    @Override
    public void abort(WriterCommitMessage[] messages) {
      pieces(messages).forEach(this::drop);
    }

    /** Of a job that failed, tasks that did not come to their end have no message. */
    private static List<Piece> pieces(@Nullable WriterCommitMessage[] messages) {
      List<Piece> pieces = new ArrayList<>();
      for (WriterCommitMessage message : messages) {
        if (message instanceof PieceWriter.Message told) {
          pieces.add(Piece.of(told.piece()));
        }
      }
      return pieces;
    }

    private void drop(Piece piece) {
      PartitionRef partition = piece.partition();
      if (partition.location() instanceof Location.Pending pending) {
        store.discard(pending);
      }
    }
  }
}
