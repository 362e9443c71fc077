package dev.reprise.cache.codec;

import static dev.reprise.cache.base.Checks.checkArgument;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * An immutable table in Arrow's columnar memory: a schema and batches of rows. What tasks take and
 * return as tables; the same bytes cross between engines.
 *
 * <p>A table holds memory outside of the heap until it is closed. A task need not close its
 * arguments nor its result: whoever runs it does. Everything else that makes a table closes it.
 * Closing twice does no harm. Reading from several threads at once is allowed, closing meanwhile is
 * not.
 */
public final class ArrowTable implements AutoCloseable {
  /*
   * Each table has an allocator of its own, and everything its batches hold is accounted there, so a
   * table that is closed twice, or whose buffers somebody kept, is found at once and by name. Batches
   * are separate roots instead of one that is loaded again and again: readers then need no lock.
   */

  private final BufferAllocator allocator;
  private final Schema schema;
  private final List<VectorSchemaRoot> batches;
  private final long rowCount;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Takes over the allocator and what was allocated from it. */
  ArrowTable(BufferAllocator allocator, Schema schema, List<VectorSchemaRoot> batches) {
    this.allocator = allocator;
    this.schema = schema;
    this.batches = List.copyOf(batches);
    this.rowCount = batches.stream().mapToLong(VectorSchemaRoot::getRowCount).sum();
  }

  /**
   * Copies all that {@code reader} has left. Columns that are encoded by a dictionary are decoded.
   * The reader stays the caller's to close.
   *
   * @throws IOException if the reader cannot read on
   * @throws IllegalArgumentException if a column is of a type that tables do not take; names it
   */
  public static ArrowTable copyOf(ArrowReader reader) throws IOException {
    TableCopy copy = new TableCopy();
    try {
      VectorSchemaRoot root = reader.getVectorSchemaRoot();
      copy.begin(root.getSchema(), reader.getDictionaryVectors());
      while (reader.loadNextBatch()) {
        copy.add(root);
      }
      return copy.finish();
    } finally {
      copy.close();
    }
  }

  /**
   * Copies a batch of rows, which stays the caller's.
   *
   * @throws IllegalArgumentException if a column is of a type that tables do not take; names it
   */
  public static ArrowTable copyOf(VectorSchemaRoot root) {
    TableCopy copy = new TableCopy();
    try {
      copy.begin(root.getSchema(), Map.of());
      copy.add(root);
      return copy.finish();
    } finally {
      copy.close();
    }
  }

  /**
   * Puts the rows of tables one after another. The tables stay the caller's.
   *
   * @param tables at least one, all of one schema
   */
  public static ArrowTable concat(List<ArrowTable> tables) {
    checkArgument(!tables.isEmpty(), "there is no table to begin with");
    TableCopy copy = new TableCopy();
    try {
      Schema schema = tables.get(0).schema();
      copy.begin(schema, Map.of());
      for (ArrowTable table : tables) {
        checkArgument(
            table.schema.getFields().equals(schema.getFields()),
            "tables have different columns: %s and %s",
            schema.getFields(),
            table.schema.getFields());
        table.forEachBatch(copy::add);
      }
      return copy.finish();
    } finally {
      copy.close();
    }
  }

  /** Builds a small table row by row. */
  public static ArrowTableBuilder builder(Schema schema) {
    return new ArrowTableBuilder(schema);
  }

  /** Names and types of the columns, in order. */
  public Schema schema() {
    return schema;
  }

  /** Number of rows. */
  public long rowCount() {
    return rowCount;
  }

  /**
   * Calls {@code each} with every batch of rows, in order: for code that reads whole columns. The
   * batches stay the table's: do not change, close or keep them.
   */
  public void forEachBatch(Consumer<VectorSchemaRoot> each) {
    batches().forEach(each);
  }

  /**
   * Calls {@code each} with every row, in order. One row object serves all, so keep values, not
   * rows.
   */
  public void forEachRow(Consumer<ArrowRow> each) {
    for (VectorSchemaRoot batch : batches()) {
      ArrowRow row = new ArrowRow(batch);
      for (int i = 0; i < batch.getRowCount(); i++) {
        each.accept(row.at(i));
      }
    }
  }

  /** The batches themselves. */
  List<VectorSchemaRoot> batches() {
    if (closed.get()) {
      throw new IllegalStateException("this table is closed; read it before that");
    }
    return batches;
  }

  /** Frees the memory. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      batches.forEach(VectorSchemaRoot::close);
      allocator.close();
    }
  }

  /** Tells columns and size, no data. */
  @Override
  public String toString() {
    List<String> columns = new ArrayList<>();
    schema.getFields().forEach(field -> columns.add(field.getName()));
    return "ArrowTable" + columns + " with " + rowCount + " rows";
  }
}
