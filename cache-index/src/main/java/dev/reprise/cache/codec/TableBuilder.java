package dev.reprise.cache.codec;

import static dev.reprise.cache.base.Checks.checkArgument;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the rows of a small {@link ArrowTable} on the heap. One that is abandoned has nothing to
 * free.
 */
public final class TableBuilder {
  private static final int BATCH_ROWS = 1 << 16;

  private final Schema schema;
  private final List<@Nullable Object[]> rows = new ArrayList<>();

  TableBuilder(Schema schema) {
    String refusal = TableTypes.refusal(schema);
    checkArgument(refusal == null, "%s", refusal);
    this.schema = schema;
  }

  /**
   * Adds a row.
   *
   * @param cells one per column, in order, as {@link TableRow} tells them; any whole number fits a
   *     column of whole numbers that can hold it, any number a column of floating-point numbers,
   *     rounded as by a cast
   */
  public TableBuilder row(@Nullable Object... cells) {
    checkArgument(
        cells.length == schema.getFields().size(),
        "a row has %s cells, this one %s",
        schema.getFields().size(),
        cells.length);
    rows.add(cells.clone());
    return this;
  }

  /**
   * Makes the table.
   *
   * @throws IllegalArgumentException if a cell does not fit its column; names row and column
   */
  public ArrowTable build() {
    TableMemory memory = new TableMemory(schema, Long.MAX_VALUE);
    try {
      for (int start = 0; start < rows.size(); start += BATCH_ROWS) {
        fill(memory, rows.subList(start, Math.min(rows.size(), start + BATCH_ROWS)), start);
      }
      return new ArrowTable(memory);
    } catch (RuntimeException | Error e) {
      memory.release();
      throw e;
    }
  }

  private void fill(TableMemory memory, List<@Nullable Object[]> part, int firstRow) {
    VectorSchemaRoot batch = VectorSchemaRoot.create(schema, memory.allocator());
    memory.batches().add(batch);
    batch.allocateNew();
    List<FieldVector> columns = Collections.unmodifiableList(batch.getFieldVectors());
    for (int i = 0; i < part.size(); i++) {
      for (int c = 0; c < columns.size(); c++) {
        FieldVector column = columns.get(c);
        Object cell = part.get(i)[c];
        try {
          CellWriter.write(column, i, cell);
        } catch (ClassCastException | ArithmeticException | IllegalArgumentException e) {
          String problem =
              "row %s: %s does not fit column '%s' of type %s"
                  .formatted(
                      firstRow + i,
                      cell == null ? "null" : cell.getClass().getSimpleName(),
                      column.getName(),
                      column.getField().getType());
          throw new IllegalArgumentException(problem, e);
        }
      }
    }
    batch.setRowCount(part.size());
    batch.getFieldVectors().forEach(UnsetSlots::zero);
  }
}
