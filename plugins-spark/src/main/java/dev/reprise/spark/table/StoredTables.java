package dev.reprise.spark.table;

import static dev.reprise.cache.base.Checks.checkArgument;
import static java.util.Objects.requireNonNull;

import dev.reprise.cache.codec.RowOrder;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.store.StorePlace;
import java.util.List;
import java.util.UUID;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.connector.catalog.Table;

/** Reads tables of a result store as datasets, and writes datasets to it. In the driver. */
public final class StoredTables {
  private final StorePlace place;
  private final ResultStore store;

  /**
   * @param place where executors find the store
   * @param store the same, as the driver uses it
   */
  public StoredTables(StorePlace place, ResultStore store) {
    this.place = place;
    this.store = store;
  }

  /**
   * Where a dataset is written.
   *
   * @param step whose result it is, for people
   * @param attempt unique beyond this process
   * @param inlineLimit pieces of at most so many bytes come back inline, in bytes
   */
  record Target(
      StorePlace place, String run, String step, String attempt, int inlineLimit, RowOrder order) {}

  /**
   * The table in {@code pieces}, which are one or more of one schema. Nothing is read before the
   * dataset is used.
   *
   * @throws IllegalArgumentException if a column has a type that Spark has not; names it
   */
  public Dataset<Row> read(SparkSession session, List<PartitionRef> pieces) {
    return read(session, place, pieces);
  }

  /** As {@link #read(SparkSession, List)}, of the store at {@code place}. */
  public static Dataset<Row> read(
      SparkSession session, StorePlace place, List<PartitionRef> pieces) {
    return handing(
        table(place, pieces),
        number ->
            session
                .read()
                .format(TableSource.class.getName())
                .option(TableSource.TABLE, number)
                .load());
  }

  /** The table that {@link #read} reads, for who tells Spark of it. */
  public static Table table(StorePlace place, List<PartitionRef> pieces) {
    checkArgument(!pieces.isEmpty(), "a table made of no pieces has no schema");
    return new StoredTable(place, List.copyOf(pieces));
  }

  /**
   * Computes a dataset and writes it, a piece for each of its partitions that is not empty.
   *
   * @return with inline and pending partitions
   * @throws IllegalArgumentException if it has a column that a table cannot keep; names it
   */
  public Manifest write(
      Dataset<?> table, String run, String step, String attempt, int inlineLimit, RowOrder order) {
    Schema schema = TableSchemas.toArrow(table.schema());
    TableSink sink =
        new TableSink(new Target(place, run, step, attempt, inlineLimit, order), schema, store);
    handing(
        sink,
        number -> {
          table
              .write()
              .format(TableSource.class.getName())
              .mode(SaveMode.Append)
              .option(TableSource.TABLE, number)
              .save();
          return number;
        });
    return requireNonNull(sink.written(), "Spark did not say what was written");
  }

  /** Something that tells Spark of a table by its number. */
  @FunctionalInterface
  private interface Telling<T> {
    T tell(String number);
  }

  private static <T> T handing(Table table, Telling<T> telling) {
    String number = UUID.randomUUID().toString();
    TableSource.hand(number, table);
    try {
      return telling.tell(number);
    } finally {
      TableSource.takeBack(number);
    }
  }
}
