package dev.reprise.cache.codec;

import static dev.reprise.cache.base.Checks.checkArgument;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Builds a table row by row, for results that are small. Takes whole and floating-point numbers,
 * text, truth values, bytes, dates and timestamps; for other types fill vectors and use {@link
 * ArrowTable#copyOf(VectorSchemaRoot)}.
 */
public final class ArrowTableBuilder {
  private final Schema schema;
  private final List<@Nullable Object[]> rows = new ArrayList<>();

  ArrowTableBuilder(Schema schema) {
    ArrowTypes.check(schema);
    this.schema = schema;
  }

  /**
   * Adds a row.
   *
   * @param cells one for each column, in order; null where there is no value
   */
  public ArrowTableBuilder row(@Nullable Object... cells) {
    checkArgument(
        cells.length == schema.getFields().size(),
        "a row has %s cells, the table has %s columns",
        cells.length,
        schema.getFields().size());
    rows.add(cells.clone());
    return this;
  }

  /**
   * Makes the table.
   *
   * @throws IllegalArgumentException if a cell does not fit its column; names it
   */
  public ArrowTable build() {
    BufferAllocator allocator = ArrowMemory.child("table");
    VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator);
    boolean done = false;
    try {
      root.allocateNew();
      for (int row = 0; row < rows.size(); row++) {
        for (int column = 0; column < schema.getFields().size(); column++) {
          set(root.getVector(column), row, rows.get(row)[column]);
        }
      }
      root.setRowCount(rows.size());
      done = true;
      return new ArrowTable(allocator, schema, List.of(root));
    } finally {
      if (!done) {
        root.close();
        allocator.close();
      }
    }
  }

  private static void set(FieldVector vector, int row, @Nullable Object cell) {
    if (cell == null) {
      vector.setNull(row);
    } else if (vector instanceof IntVector column && cell instanceof Number number) {
      column.setSafe(row, Math.toIntExact(number.longValue()));
    } else if (vector instanceof BigIntVector column && cell instanceof Number number) {
      column.setSafe(row, number.longValue());
    } else if (vector instanceof SmallIntVector column && cell instanceof Number number) {
      column.setSafe(row, number.shortValue());
    } else if (vector instanceof TinyIntVector column && cell instanceof Number number) {
      column.setSafe(row, number.byteValue());
    } else if (vector instanceof Float8Vector column && cell instanceof Number number) {
      column.setSafe(row, number.doubleValue());
    } else if (vector instanceof Float4Vector column && cell instanceof Number number) {
      column.setSafe(row, number.floatValue());
    } else if (vector instanceof VarCharVector column && cell instanceof CharSequence text) {
      column.setSafe(row, text.toString().getBytes(UTF_8));
    } else if (vector instanceof VarBinaryVector column && cell instanceof byte[] bytes) {
      column.setSafe(row, bytes);
    } else if (vector instanceof BitVector column && cell instanceof Boolean truth) {
      column.setSafe(row, truth ? 1 : 0);
    } else if (vector instanceof DateDayVector column && cell instanceof LocalDate date) {
      column.setSafe(row, Math.toIntExact(date.toEpochDay()));
    } else if (vector instanceof TimeStampVector column && cell instanceof Instant instant) {
      column.setSafe(row, ticks(vector, instant));
    } else if (vector instanceof TimeStampVector column && cell instanceof LocalDateTime time) {
      column.setSafe(row, ticks(vector, time.toInstant(ZoneOffset.UTC)));
    } else {
      throw new IllegalArgumentException(
          "row %d: column '%s' of type %s does not take a %s"
              .formatted(
                  row, vector.getName(), vector.getField().getType(), cell.getClass().getName()));
    }
  }

  private static long ticks(FieldVector vector, Instant instant) {
    TimeUnit unit = ((ArrowType.Timestamp) vector.getField().getType()).getUnit();
    long perSecond =
        switch (unit) {
          case SECOND -> 1;
          case MILLISECOND -> 1_000;
          case MICROSECOND -> 1_000_000;
          case NANOSECOND -> 1_000_000_000;
        };
    long whole = Math.multiplyExact(instant.getEpochSecond(), perSecond);
    return Math.addExact(whole, instant.getNano() / (1_000_000_000 / perSecond));
  }
}
