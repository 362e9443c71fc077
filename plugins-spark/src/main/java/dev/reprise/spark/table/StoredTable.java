package dev.reprise.spark.table;

import dev.reprise.cache.codec.TableDigest;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.StorePlace;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.spark.sql.connector.catalog.Column;
import org.apache.spark.sql.connector.catalog.SupportsRead;
import org.apache.spark.sql.connector.catalog.TableCapability;
import org.apache.spark.sql.connector.read.Batch;
import org.apache.spark.sql.connector.read.InputPartition;
import org.apache.spark.sql.connector.read.PartitionReaderFactory;
import org.apache.spark.sql.connector.read.ScanBuilder;
import org.apache.spark.sql.connector.read.Statistics;
import org.apache.spark.sql.connector.read.SupportsPushDownRequiredColumns;
import org.apache.spark.sql.connector.read.SupportsReportStatistics;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;

/** A table of the store that is read; in the driver. */
final class StoredTable implements SupportsRead {
  private final StorePlace place;
  private final List<PartitionRef> pieces;
  private final Schema arrow;
  private final StructType schema;

  /**
   * @param place of the store
   * @param pieces of one schema, at least one
   * @throws IllegalArgumentException if Spark has no type for a column
   */
  StoredTable(StorePlace place, List<PartitionRef> pieces) {
    this.place = place;
    this.pieces = pieces;
    arrow = Schema.deserializeMessage(ByteBuffer.wrap(pieces.get(0).schema().array()));
    schema = TableSchemas.toSpark(arrow);
  }

  @Override
  public String name() {
    return "reprise";
  }

  StructType schemaOfSpark() {
    return schema;
  }

  @Override
  public Column[] columns() {
    return Arrays.stream(schema.fields())
        .map(field -> Column.create(field.name(), field.dataType(), field.nullable()))
        .toArray(Column[]::new);
  }

  @Override
  public Set<TableCapability> capabilities() {
    return Set.of(TableCapability.BATCH_READ);
  }

  @Override
  public ScanBuilder newScanBuilder(CaseInsensitiveStringMap options) {
    return new Pruning();
  }

  private final class Pruning implements SupportsPushDownRequiredColumns {
    private StructType wanted = schema;

    /** Parts of a column are not told apart: a column is wanted or not. */
    @Override
    public void pruneColumns(StructType required) {
      Set<String> names = Set.of(required.fieldNames());
      wanted =
          new StructType(
              Arrays.stream(schema.fields())
                  .filter(field -> names.contains(field.name()))
                  .toArray(StructField[]::new));
    }

    @Override
    public Scanned build() {
      return new Scanned(place, arrow, pieces, wanted);
    }
  }

  /** The columns of a table that a query wants. Equal ones are one scan to Spark. */
  private record Scanned(
      StorePlace place, Schema arrow, List<PartitionRef> pieces, StructType readSchema)
      implements Batch, SupportsReportStatistics {
    @Override
    public String description() {
      return "reprise " + readSchema.simpleString();
    }

    @Override
    public Batch toBatch() {
      return this;
    }

    @Override
    public InputPartition[] planInputPartitions() {
      TableDigest none = TableDigest.empty(arrow);
      return pieces.stream()
          .map(piece -> new PieceReader.Split(place, new Piece(piece, none).toBytes()))
          .toArray(InputPartition[]::new);
    }

    @Override
    public PartitionReaderFactory createReaderFactory() {
      return new PieceReader.Factory(List.of(readSchema.fieldNames()));
    }

    @Override
    public Statistics estimateStatistics() {
      return new Statistics() {
        @Override
        public OptionalLong sizeInBytes() {
          return OptionalLong.of(pieces.stream().mapToLong(PartitionRef::size).sum());
        }

        @Override
        public OptionalLong numRows() {
          return OptionalLong.of(pieces.stream().mapToLong(PartitionRef::rows).sum());
        }
      };
    }
  }
}
