package dev.reprise.cache.codec;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.Payload;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * A table in memory, in Arrow's columns: what tasks take and return. Never changes once it is made.
 *
 * <p><b>Memory.</b> A table's memory lies outside of the Java heap, is its own alone, and is freed
 * by {@link #close}. Whoever makes a table closes it; tables that a task is given and the one that
 * it returns are closed for it after the unit. Closing twice does no harm; using a closed table
 * throws {@link IllegalStateException}.
 *
 * <p>May be read from several threads.
 */
public final class ArrowTable implements AutoCloseable {
  private final TableMemory memory;
  private final long rowCount;
  private volatile boolean closed;

  /** Takes over {@code memory}. */
  ArrowTable(TableMemory memory) {
    this.memory = memory;
    this.rowCount = memory.batches().stream().mapToLong(VectorSchemaRoot::getRowCount).sum();
  }

  /**
   * Copies all that is left in {@code reader}, whoever's memory it is in; dictionaries are
   * resolved. The reader is not closed.
   *
   * @throws NoCodecException if there is a column of a type that tables cannot keep
   */
  public static ArrowTable copyOf(ArrowReader reader) throws IOException {
    return TableCopy.of(reader);
  }

  /**
   * Copies the rows that are in {@code rows} now.
   *
   * @throws NoCodecException if there is a column of a type that tables cannot keep
   */
  public static ArrowTable copyOf(VectorSchemaRoot rows) throws IOException {
    return TableCopy.of(rows);
  }

  /**
   * Reads a table that lies in pieces.
   *
   * @param pieces one at least, as a codec of tables or {@link TableWriter} wrote them, in order
   * @throws UndecodableException if they are not pieces of one table, or of another version of
   *     Reprise
   * @throws IOException if the bytes are damaged, or cannot be read
   */
  public static ArrowTable read(List<Payload> pieces) throws IOException {
    return TableFile.read(pieces);
  }

  /** Begins a small table that is made row by row. */
  public static TableBuilder builder(Schema schema) {
    return new TableBuilder(schema);
  }

  /**
   * Copies the rows of all {@code tables}, in order, into one.
   *
   * @throws IllegalArgumentException if there is no table, or if two have different schemas
   */
  public static ArrowTable concat(List<ArrowTable> tables) {
    checkArgument(!tables.isEmpty(), "a table made of no tables has no schema");
    return TableCopy.of(tables);
  }

  /** Names and types of the columns. */
  public Schema schema() {
    return memory.schema();
  }

  /** Number of rows. */
  public long rowCount() {
    return rowCount;
  }

  /**
   * Calls {@code each} for every batch of rows, in order. The batch is the table's own memory: read
   * it, neither change nor close it, and keep nothing of it.
   */
  public void forEachBatch(Consumer<VectorSchemaRoot> each) {
    try (Use use = use()) {
      use.batches().forEach(each);
    }
  }

  /**
   * Opens a reader of all rows, without copying. Close it; the memory stays until the table and all
   * its readers are closed.
   */
  public ArrowReader reader() {
    return reader(memory.allocator());
  }

  /**
   * Opens a reader that copies batch by batch into {@code allocator}'s memory, for libraries that
   * want it there: {@code Data.exportArrayStream(allocator, table.reader(allocator), stream)} gives
   * a table to an SQL engine. Close it.
   */
  public ArrowReader reader(BufferAllocator allocator) {
    checkOpen();
    memory.retain();
    return new TableReader(memory, allocator);
  }

  /** The rows, in order, for small tables and tests; cells are looked up by name. */
  public Iterable<TableRow> rows() {
    checkOpen();
    return () -> new TableRows(this, memory.batches());
  }

  /** Calls {@code each} for every row, in order, as {@link #rows}. */
  public void forEachRow(Consumer<TableRow> each) {
    rows().forEach(each);
  }

  /** Digest of schema and rows, without their order: equal for tables of the same content. */
  public TableDigest digest() {
    RowDigester digester = new RowDigester(schema(), RowOrder.ANY);
    forEachBatch(digester::add);
    return digester.digest();
  }

  /** The content digest that the codec gives this table. */
  public Fingerprint content() {
    return digest().content();
  }

  /** Frees the memory. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    memory.release();
  }

  /** Columns and number of rows, no contents. */
  @Override
  public String toString() {
    return schema().getFields().stream()
        .map(field -> field.getName() + ": " + field.getType())
        .collect(Collectors.joining(", ", "ArrowTable[", "; " + rowCount + " rows]"));
  }

  /** Keeps the memory while it is being read, even if the table is closed meanwhile. */
  Use use() {
    checkOpen();
    memory.retain();
    return new Use(memory);
  }

  void checkOpen() {
    if (closed) {
      throw new IllegalStateException(
          "the table is closed: tables are closed when the unit they were given to is over");
    }
  }

  /** A reading of the batches. */
  record Use(TableMemory memory) implements AutoCloseable {
    List<VectorSchemaRoot> batches() {
      return memory.batches();
    }

    @Override
    public void close() {
      memory.release();
    }
  }
}
