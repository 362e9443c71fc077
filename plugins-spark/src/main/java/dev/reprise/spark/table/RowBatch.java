package dev.reprise.spark.table;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.NullVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.MapData;
import org.apache.spark.unsafe.Platform;
import org.apache.spark.unsafe.types.UTF8String;

/** Gathers rows of Spark's in Arrow's columns, until there are enough for a batch. */
final class RowBatch implements AutoCloseable {
  private static final int MOST_ROWS = 16 << 10;
  private static final long MOST_BYTES = 8 << 20;

  private final BufferAllocator allocator = new RootAllocator();
  private final VectorSchemaRoot columns;
  private final List<FieldVector> vectors; // the root copies its list whenever it is asked for one
  private final List<Cells> cells = new ArrayList<>();
  private int rows;
  private long bytes;

  RowBatch(Schema schema) {
    columns = VectorSchemaRoot.create(schema, allocator);
    vectors = columns.getFieldVectors();
    for (FieldVector vector : vectors) {
      cells.add(cells(vector));
    }
  }

  /** Puts cells into a vector, by their places. */
  private interface Cells {
    /** Puts the cell at {@code ordinal} of {@code from}, which is not null, to place {@code i}. */
    void put(SpecializedGetters from, int ordinal, int i);
  }

  void add(InternalRow row) {
    for (int c = 0; c < cells.size(); c++) {
      put(cells.get(c), vectors.get(c), row, c, rows);
    }
    rows++;
  }

  /** Whether it is time to write the batch. */
  boolean isFull() {
    return rows >= MOST_ROWS || bytes >= MOST_BYTES;
  }

  boolean isEmpty() {
    return rows == 0;
  }

  /** The rows, until {@link #clear}. */
  VectorSchemaRoot columns() {
    columns.setRowCount(rows);
    return columns;
  }

  void clear() {
    vectors.forEach(FieldVector::reset);
    rows = 0;
    bytes = 0;
  }

  private static void put(
      Cells cells, FieldVector to, SpecializedGetters from, int ordinal, int i) {
    if (!from.isNullAt(ordinal)) {
      cells.put(from, ordinal, i);
    } else if (!(to instanceof NullVector)) {
      to.setNull(i);
    }
  }

  private Cells cells(FieldVector vector) {
    if (vector instanceof BitVector bits) {
      return (from, c, i) -> bits.setSafe(i, from.getBoolean(c) ? 1 : 0);
    } else if (vector instanceof TinyIntVector numbers) {
      return (from, c, i) -> numbers.setSafe(i, from.getByte(c));
    } else if (vector instanceof SmallIntVector numbers) {
      return (from, c, i) -> numbers.setSafe(i, from.getShort(c));
    } else if (vector instanceof IntVector numbers) {
      return (from, c, i) -> numbers.setSafe(i, from.getInt(c));
    } else if (vector instanceof BigIntVector numbers) {
      return (from, c, i) -> numbers.setSafe(i, from.getLong(c));
    } else if (vector instanceof Float4Vector numbers) {
      return (from, c, i) -> numbers.setSafe(i, from.getFloat(c));
    } else if (vector instanceof Float8Vector numbers) {
      return (from, c, i) -> numbers.setSafe(i, from.getDouble(c));
    } else if (vector instanceof DateDayVector days) {
      return (from, c, i) -> days.setSafe(i, from.getInt(c));
    } else if (vector instanceof TimeStampVector times) {
      return (from, c, i) -> times.setSafe(i, from.getLong(c));
    } else if (vector instanceof NullVector) {
      return (from, c, i) -> {};
    }
    return larger(vector);
  }

  private Cells larger(FieldVector vector) {
    if (vector instanceof VarCharVector texts) {
      return (from, c, i) -> put(texts, i, from.getUTF8String(c));
    } else if (vector instanceof VarBinaryVector binaries) {
      return (from, c, i) -> binaries.setSafe(i, counted(from.getBinary(c)));
    } else if (vector instanceof DecimalVector decimals) {
      int precision = decimals.getPrecision();
      int scale = decimals.getScale();
      return (from, c, i) -> {
        BigDecimal value = from.getDecimal(c, precision, scale).toJavaBigDecimal();
        decimals.setSafe(i, value.setScale(scale));
      };
    } else if (vector instanceof MapVector map) {
      return map(map);
    } else if (vector instanceof ListVector list) {
      FieldVector elements = list.getDataVector();
      Cells each = cells(elements);
      return (from, c, i) -> {
        ArrayData array = from.getArray(c);
        int start = list.startNewValue(i);
        for (int e = 0; e < array.numElements(); e++) {
          put(each, elements, array, e, start + e);
        }
        list.endValue(i, counted(array.numElements()));
      };
    } else if (vector instanceof StructVector struct) {
      return struct(struct);
    }
    throw new IllegalStateException("no cells of " + vector.getField());
  }

  /** Without a copy in between where Spark has the text in an array, as it has in rows. */
  private void put(VarCharVector to, int i, UTF8String text) {
    int length = text.numBytes();
    bytes += length;
    if (text.getBaseObject() instanceof byte[] array) {
      to.setSafe(i, array, (int) (text.getBaseOffset() - Platform.BYTE_ARRAY_OFFSET), length);
    } else {
      to.setSafe(i, text.getBytes());
    }
  }

  private Cells map(MapVector map) {
    StructVector entries = (StructVector) map.getDataVector();
    FieldVector keys = entries.getChildrenFromFields().get(0);
    FieldVector values = entries.getChildrenFromFields().get(1);
    Cells eachKey = cells(keys);
    Cells eachValue = cells(values);
    return (from, c, i) -> {
      MapData data = from.getMap(c);
      int start = map.startNewValue(i);
      for (int e = 0; e < data.numElements(); e++) {
        entries.setIndexDefined(start + e);
        put(eachKey, keys, data.keyArray(), e, start + e);
        put(eachValue, values, data.valueArray(), e, start + e);
      }
      map.endValue(i, counted(data.numElements()));
    };
  }

  private Cells struct(StructVector struct) {
    List<FieldVector> parts = struct.getChildrenFromFields();
    List<Cells> each = parts.stream().map(this::cells).toList();
    return (from, c, i) -> {
      InternalRow row = from.getStruct(c, parts.size());
      struct.setIndexDefined(i);
      for (int p = 0; p < parts.size(); p++) {
        put(each.get(p), parts.get(p), row, p, i);
      }
    };
  }

  private byte[] counted(byte[] value) {
    bytes += value.length;
    return value;
  }

  private int counted(int elements) {
    bytes += 8L * elements;
    return elements;
  }

  @Override
  public void close() {
    columns.close();
    allocator.close();
  }
}
