package dev.reprise.cache.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DateMilliVector;
import org.apache.arrow.vector.Decimal256Vector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.DurationVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.LargeVarBinaryVector;
import org.apache.arrow.vector.LargeVarCharVector;
import org.apache.arrow.vector.NullVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeMilliVector;
import org.apache.arrow.vector.TimeNanoVector;
import org.apache.arrow.vector.TimeSecVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.jspecify.annotations.Nullable;

/**
 * Writes single cells: what {@link CellReader} reads. A value that does not fit its column is a
 * {@code ClassCastException}, an {@code ArithmeticException} or an {@code
 * IllegalArgumentException}.
 */
final class CellWriter {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private CellWriter() {}

  static void write(FieldVector column, int i, @Nullable Object cell) {
    if (cell == null) {
      if (!column.getField().isNullable()) {
        throw new IllegalArgumentException("the column is declared not to hold nulls");
      }
      setNull(column, i);
      return;
    }
    switch (column.getMinorType()) {
      case BIT -> ((BitVector) column).setSafe(i, (Boolean) cell ? 1 : 0);
      case TINYINT -> ((TinyIntVector) column).setSafe(i, exact(cell, Byte.SIZE));
      case SMALLINT -> ((SmallIntVector) column).setSafe(i, exact(cell, Short.SIZE));
      case INT -> ((IntVector) column).setSafe(i, exact(cell, Integer.SIZE));
      case BIGINT -> ((BigIntVector) column).setSafe(i, whole(cell));
      case FLOAT4 -> ((Float4Vector) column).setSafe(i, ((Number) cell).floatValue());
      case FLOAT8 -> ((Float8Vector) column).setSafe(i, ((Number) cell).doubleValue());
      case DECIMAL -> ((DecimalVector) column).setSafe(i, decimal(cell, column));
      case DECIMAL256 -> ((Decimal256Vector) column).setSafe(i, decimal(cell, column));
      case VARCHAR -> ((VarCharVector) column).setSafe(i, ((String) cell).getBytes(UTF_8));
      case LARGEVARCHAR ->
          ((LargeVarCharVector) column).setSafe(i, ((String) cell).getBytes(UTF_8));
      case VARBINARY -> ((VarBinaryVector) column).setSafe(i, (byte[]) cell);
      case LARGEVARBINARY -> ((LargeVarBinaryVector) column).setSafe(i, (byte[]) cell);
      case FIXEDSIZEBINARY -> fixedBinary((FixedSizeBinaryVector) column, i, (byte[]) cell);
      case LIST -> list((ListVector) column, i, (List<?>) cell);
      case MAP -> map((MapVector) column, i, (Map<?, ?>) cell);
      case FIXED_SIZE_LIST -> fixedList((FixedSizeListVector) column, i, (List<?>) cell);
      case STRUCT -> struct((StructVector) column, i, (Map<?, ?>) cell);
      default -> other(column, i, cell);
    }
  }

  private static void other(FieldVector column, int i, Object cell) {
    if (column instanceof TimeStampVector times) {
      times.setSafe(i, timestamp(cell, (ArrowType.Timestamp) column.getField().getType()));
    } else if (column instanceof BaseIntVector unsigned) {
      unsigned(unsigned, i, cell);
    } else {
      time(column, i, cell);
    }
  }

  private static void time(FieldVector column, int i, Object cell) {
    switch (column.getMinorType()) {
      case DATEDAY ->
          ((DateDayVector) column).setSafe(i, Math.toIntExact(((LocalDate) cell).toEpochDay()));
      case DATEMILLI ->
          ((DateMilliVector) column)
              .setSafe(i, Math.multiplyExact(((LocalDate) cell).toEpochDay(), 86_400_000L));
      case TIMESEC -> ((TimeSecVector) column).setSafe(i, (int) timeOfDay(cell, TimeUnit.SECOND));
      case TIMEMILLI ->
          ((TimeMilliVector) column).setSafe(i, (int) timeOfDay(cell, TimeUnit.MILLISECOND));
      case TIMEMICRO ->
          ((TimeMicroVector) column).setSafe(i, timeOfDay(cell, TimeUnit.MICROSECOND));
      case TIMENANO -> ((TimeNanoVector) column).setSafe(i, timeOfDay(cell, TimeUnit.NANOSECOND));
      case DURATION -> {
        Duration duration = (Duration) cell;
        TimeUnit unit = ((ArrowType.Duration) column.getField().getType()).getUnit();
        ((DurationVector) column)
            .setSafe(i, units(duration.getSeconds(), duration.getNano(), unit));
      }
      default ->
          throw new IllegalArgumentException(
              "cells of type " + column.getField().getType() + " cannot be made one by one");
    }
  }

  private static void setNull(FieldVector column, int i) {
    while (column.getValueCapacity() <= i && !(column instanceof NullVector)) {
      column.reAlloc();
    }
    column.setNull(i);
  }

  private static long whole(Object cell) {
    if (cell instanceof BigInteger big) {
      return big.longValueExact();
    }
    if (cell instanceof Long
        || cell instanceof Integer
        || cell instanceof Short
        || cell instanceof Byte) {
      return ((Number) cell).longValue();
    }
    throw new ClassCastException("no whole number");
  }

  private static int exact(Object cell, int bits) {
    long value = whole(cell);
    if (value != value << (Long.SIZE - bits) >> (Long.SIZE - bits)) {
      throw new ArithmeticException(value + " takes more than " + bits + " bits");
    }
    return (int) value;
  }

  private static void unsigned(BaseIntVector column, int i, Object cell) {
    BigInteger value = cell instanceof BigInteger big ? big : BigInteger.valueOf(whole(cell));
    int bits = ((ArrowType.Int) column.getField().getType()).getBitWidth();
    if (value.signum() < 0 || value.bitLength() > bits) {
      throw new ArithmeticException(value + " is not within " + bits + " bits without sign");
    }
    column.setUnsafeWithPossibleTruncate(i, value.longValue());
  }

  private static BigDecimal decimal(Object cell, FieldVector column) {
    ArrowType.Decimal type = (ArrowType.Decimal) column.getField().getType();
    BigDecimal value =
        cell instanceof BigDecimal decimal ? decimal : BigDecimal.valueOf(whole(cell));
    BigDecimal scaled = value.setScale(type.getScale(), java.math.RoundingMode.UNNECESSARY);
    if (scaled.precision() > type.getPrecision()) {
      throw new ArithmeticException(value + " takes more than " + type.getPrecision() + " digits");
    }
    return scaled;
  }

  private static void fixedBinary(FixedSizeBinaryVector column, int i, byte[] cell) {
    if (cell.length != column.getByteWidth()) {
      throw new IllegalArgumentException(cell.length + " bytes, not " + column.getByteWidth());
    }
    column.setSafe(i, cell);
  }

  private static long timeOfDay(Object cell, TimeUnit unit) {
    long nanos = ((LocalTime) cell).toNanoOfDay();
    return units(nanos / NANOS_PER_SECOND, (int) (nanos % NANOS_PER_SECOND), unit);
  }

  private static long timestamp(Object cell, ArrowType.Timestamp type) {
    Instant instant =
        type.getTimezone() != null
            ? (Instant) cell
            : ((LocalDateTime) cell).toInstant(ZoneOffset.UTC);
    return units(instant.getEpochSecond(), instant.getNano(), type.getUnit());
  }

  private static long units(long seconds, int nanos, TimeUnit unit) {
    long perSecond = CellReader.unitsPerSecond(unit);
    long nanosPerUnit = NANOS_PER_SECOND / perSecond;
    if (nanos % nanosPerUnit != 0) {
      throw new ArithmeticException("is finer than a " + unit);
    }
    return Math.addExact(Math.multiplyExact(seconds, perSecond), nanos / nanosPerUnit);
  }

  private static void list(ListVector column, int i, List<?> cell) {
    int start = column.startNewValue(i);
    for (int j = 0; j < cell.size(); j++) {
      write(column.getDataVector(), start + j, cell.get(j));
    }
    column.endValue(i, cell.size());
  }

  private static void map(MapVector column, int i, Map<?, ?> cell) {
    int start = column.startNewValue(i);
    StructVector entries = (StructVector) column.getDataVector();
    List<FieldVector> keyAndValue = entries.getChildrenFromFields();
    int j = start;
    for (Map.Entry<?, ?> entry : cell.entrySet()) {
      entries.setIndexDefined(j);
      write(keyAndValue.get(0), j, entry.getKey());
      write(keyAndValue.get(1), j, entry.getValue());
      j++;
    }
    column.endValue(i, cell.size());
  }

  private static void fixedList(FixedSizeListVector column, int i, List<?> cell) {
    if (cell.size() != column.getListSize()) {
      throw new IllegalArgumentException(cell.size() + " elements, not " + column.getListSize());
    }
    int start = column.startNewValue(i);
    for (int j = 0; j < cell.size(); j++) {
      write(column.getDataVector(), start + j, cell.get(j));
    }
  }

  private static void struct(StructVector column, int i, Map<?, ?> cell) {
    column.setIndexDefined(i);
    for (FieldVector child : column.getChildrenFromFields()) {
      write(child, i, cell.get(child.getName()));
    }
  }
}
