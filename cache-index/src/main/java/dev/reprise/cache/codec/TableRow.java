package dev.reprise.cache.codec;

import static java.util.Objects.requireNonNull;

import dev.reprise.cache.base.Text;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * One row of an {@link ArrowTable}; valid as long as the table is open. Looks every cell up by
 * name: for large tables go through the batches.
 *
 * <p>Cells are Java's own types: text is {@code String}; numbers have the column's width, unsigned
 * ones the next larger; dates and times are those of {@code java.time}, a timestamp with a time
 * zone is an {@code Instant}; binary is {@code byte[]}; lists are {@code List}, structs and maps
 * {@code Map}.
 */
public final class TableRow {
  private final ArrowTable table;
  private final VectorSchemaRoot batch;
  private final int index;

  TableRow(ArrowTable table, VectorSchemaRoot batch, int index) {
    this.table = table;
    this.batch = batch;
    this.index = index;
  }

  /**
   * The cell in column {@code name}; null if it is null.
   *
   * @throws IllegalArgumentException if there is no such column
   */
  public @Nullable Object get(String name) {
    return CellReader.read(column(name), index);
  }

  /**
   * The cell in column {@code name}, as a {@code type}.
   *
   * @throws IllegalArgumentException if there is no such column, or if the cell is null or of
   *     another type
   */
  public <T> T get(String name, Class<T> type) {
    Object cell = get(name);
    if (!type.isInstance(cell)) {
      throw new IllegalArgumentException(
          "column "
              + Text.quote(name)
              + " holds a "
              + (cell == null ? "null" : cell.getClass().getSimpleName())
              + " here, not a "
              + type.getSimpleName());
    }
    return requireNonNull(type.cast(cell));
  }

  /** The cell in a column of whole numbers of any width. */
  public long getLong(String name) {
    return get(name, Number.class).longValue();
  }

  /** The cell in a column of numbers of any kind. */
  public double getDouble(String name) {
    return get(name, Number.class).doubleValue();
  }

  /** The cell in a column of text. */
  public String getString(String name) {
    return get(name, String.class);
  }

  /** Whether the cell in column {@code name} is null. */
  public boolean isNull(String name) {
    return column(name).isNull(index);
  }

  /** All cells by name, in the order of the columns. */
  public Map<String, @Nullable Object> toMap() {
    table.checkOpen();
    Map<String, @Nullable Object> cells = new LinkedHashMap<>();
    batch
        .getFieldVectors()
        .forEach(column -> cells.put(column.getName(), CellReader.read(column, index)));
    return cells;
  }

  /** Names and cells, as in {@code {origin=ATL, flights=3}}. */
  @Override
  public String toString() {
    return toMap().toString();
  }

  private List<String> names() {
    return batch.getFieldVectors().stream().map(FieldVector::getName).toList();
  }

  private FieldVector column(String name) {
    table.checkOpen();
    FieldVector column = batch.getVector(name);
    if (column == null) {
      throw new IllegalArgumentException(
          "there is no column " + Text.quote(name) + "; there are " + names());
    }
    return column;
  }
}
