package dev.reprise.cache.codec;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.util.Text;
import org.jspecify.annotations.Nullable;

/**
 * One row of a table, by the names of its columns. A cursor: it moves on when the next row is
 * taken.
 */
public final class ArrowRow {
  private final List<FieldVector> columns;
  private final Map<String, FieldVector> byName = new HashMap<>();
  private int row;

  ArrowRow(VectorSchemaRoot batch) {
    this.columns = batch.getFieldVectors();
    columns.forEach(column -> byName.put(column.getName(), column));
  }

  ArrowRow at(int next) {
    row = next;
    return this;
  }

  /** Whether the cell is null. */
  public boolean isNull(String column) {
    return vector(column).isNull(row);
  }

  /**
   * A cell as Java has it: numbers as their boxes, text as {@code String}, lists and structs as
   * {@code List} and {@code Map}; null if it is null.
   */
  public @Nullable Object get(String column) {
    return plain(vector(column).getObject(row));
  }

  /** All cells, in the order of the columns, each as {@link #get}. */
  public Map<String, @Nullable Object> toMap() {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    columns.forEach(column -> map.put(column.getName(), plain(column.getObject(row))));
    return map;
  }

  /**
   * A text cell.
   *
   * @throws IllegalStateException if it is null
   */
  public String getString(String column) {
    return String.valueOf(wanted(column));
  }

  /**
   * A cell with a whole number.
   *
   * @throws IllegalStateException if it is null
   */
  public long getLong(String column) {
    return number(column).longValue();
  }

  /**
   * A cell with a number.
   *
   * @throws IllegalStateException if it is null
   */
  public double getDouble(String column) {
    return number(column).doubleValue();
  }

  private Number number(String column) {
    if (wanted(column) instanceof Number number) {
      return number;
    }
    throw new IllegalArgumentException(
        "column '%s' has type %s and holds no numbers"
            .formatted(column, vector(column).getField().getType()));
  }

  private Object wanted(String column) {
    Object value = get(column);
    if (value == null) {
      throw new IllegalStateException(
          "column '%s' is null here; ask isNull(\"%s\") first".formatted(column, column));
    }
    return value;
  }

  private FieldVector vector(String column) {
    FieldVector vector = byName.get(column);
    if (vector == null) {
      throw new IllegalArgumentException(
          "the table has no column '%s'; it has %s"
              .formatted(column, columns.stream().map(FieldVector::getName).toList()));
    }
    return vector;
  }

  private static @Nullable Object plain(@Nullable Object value) {
    return value instanceof Text text ? text.toString() : value;
  }
}
