package dev.reprise.spark.table;

import static dev.reprise.cache.base.Checks.checkArgument;

import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.vectorized.ArrowColumnVector;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarArray;
import org.apache.spark.sql.vectorized.ColumnarMap;
import org.apache.spark.unsafe.Platform;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

/**
 * A column of numbers, times or texts, read where Arrow has it. Arrow's own accessors look for each
 * cell whether memory was freed and whether there is a null, which cost more than all else of a
 * scan.
 */
final class PlainColumn extends ColumnVector {
  /*
   * What is read lies within the buffers: their sizes are compared with the number of rows once, and
   * offsets of texts were checked when the batch was read. The memory is the stream's, and lives until
   * its next batch, as Spark expects of a reader.
   */
  private final long validity;
  private final int nulls;
  private final long offsets;
  private final long values;

  private PlainColumn(DataType type, FieldVector vector, int rows, int width) {
    super(type);
    checkArgument(vector.getValueCount() == rows, "a column has other rows than its batch");
    nulls = vector.getNullCount();
    validity = nulls == 0 ? 0 : address(vector.getValidityBuffer(), (rows + 7L) / 8);
    boolean text = vector instanceof VarCharVector;
    offsets = text && rows > 0 ? address(vector.getOffsetBuffer(), 4L * (rows + 1)) : 0;
    values = address(vector.getDataBuffer(), text ? 0 : (long) rows * width);
  }

  private static long address(ArrowBuf buffer, long bytes) {
    checkArgument(
        buffer.capacity() >= bytes, "a column has %s bytes, not %s", buffer.capacity(), bytes);
    return buffer.memoryAddress();
  }

  /** A column of {@code rows} cells as Spark reads it. */
  static ColumnVector of(FieldVector vector, DataType type, int rows) {
    int width = width(vector);
    return width < 0 ? new ArrowColumnVector(vector) : new PlainColumn(type, vector, rows, width);
  }

  /** Bytes of a cell; 0 for texts, negative if this class does not read it. */
  private static int width(FieldVector vector) {
    if (vector instanceof BigIntVector
        || vector instanceof Float8Vector
        || vector instanceof TimeStampVector) {
      return 8;
    } else if (vector instanceof IntVector
        || vector instanceof Float4Vector
        || vector instanceof DateDayVector) {
      return 4;
    } else if (vector instanceof SmallIntVector) {
      return 2;
    } else if (vector instanceof TinyIntVector) {
      return 1;
    }
    return vector instanceof VarCharVector ? 0 : -1;
  }

  @Override
  public boolean hasNull() {
    return nulls > 0;
  }

  @Override
  public int numNulls() {
    return nulls;
  }

  @Override
  public boolean isNullAt(int row) {
    return nulls > 0 && (Platform.getByte(null, validity + (row >> 3)) >> (row & 7) & 1) == 0;
  }

  @Override
  public byte getByte(int row) {
    return Platform.getByte(null, values + row);
  }

  @Override
  public short getShort(int row) {
    return Platform.getShort(null, values + 2L * row);
  }

  @Override
  public int getInt(int row) {
    return Platform.getInt(null, values + 4L * row);
  }

  @Override
  public long getLong(int row) {
    return Platform.getLong(null, values + 8L * row);
  }

  @Override
  public float getFloat(int row) {
    return Platform.getFloat(null, values + 4L * row);
  }

  @Override
  public double getDouble(int row) {
    return Platform.getDouble(null, values + 8L * row);
  }

  @Override
  public @Nullable UTF8String getUTF8String(int row) {
    if (isNullAt(row)) {
      return null;
    }
    int start = Platform.getInt(null, offsets + 4L * row);
    int end = Platform.getInt(null, offsets + 4L * row + 4);
    return UTF8String.fromAddress(null, values + start, end - start);
  }

  /** The stream frees its memory. */
  @Override
  public void close() {}

  @Override
  public boolean getBoolean(int row) {
    throw other();
  }

  @Override
  public ColumnarArray getArray(int row) {
    throw other();
  }

  @Override
  public ColumnarMap getMap(int row) {
    throw other();
  }

  @Override
  public Decimal getDecimal(int row, int precision, int scale) {
    throw other();
  }

  @Override
  public byte[] getBinary(int row) {
    throw other();
  }

  @Override
  public ColumnVector getChild(int ordinal) {
    throw other();
  }

  private UnsupportedOperationException other() {
    return new UnsupportedOperationException("this is a column of type " + type.sql());
  }
}
