package dev.reprise.cli.result;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DateMilliVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float2Vector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeMilliVector;
import org.apache.arrow.vector.TimeNanoVector;
import org.apache.arrow.vector.TimeSecVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.UInt2Vector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.complex.BaseListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.ArrowType.ArrowTypeID;
import org.apache.arrow.vector.util.Text;
import org.jspecify.annotations.Nullable;

/**
 * Cells of a table as values that show what they mean. Arrow gives a date as a number of days and
 * an unsigned number as a negative one.
 */
final class Cells {
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private Cells() {}

  /**
   * The cell as a number, truth value, text, {@code byte[]}, date, time or instant; a list, and a
   * map as the list of its entries, is a {@code List}, a struct a {@code Map}; null if it is null.
   */
  static @Nullable Object of(FieldVector column, int row) {
    if (column.isNull(row)) {
      return null;
    }
    if (column instanceof TimeStampVector stamps) {
      return timestamp((ArrowType.Timestamp) column.getField().getType(), stamps.get(row));
    } else if (column instanceof BaseListVector lists) {
      return list(column, lists.getElementStartIndex(row), lists.getElementEndIndex(row));
    } else if (column instanceof StructVector struct) {
      Map<String, @Nullable Object> cells = new LinkedHashMap<>();
      struct.getChildrenFromFields().forEach(child -> cells.put(child.getName(), of(child, row)));
      return cells;
    }
    return switch (column.getMinorType()) {
      case UINT1 -> ((UInt1Vector) column).getObjectNoOverflow(row);
      case UINT2 -> (int) ((UInt2Vector) column).get(row);
      case UINT4 -> ((UInt4Vector) column).getObjectNoOverflow(row);
      case UINT8 -> ((UInt8Vector) column).getObjectNoOverflow(row);
      case FLOAT2 -> ((Float2Vector) column).getValueAsFloat(row);
      case DATEDAY -> LocalDate.ofEpochDay(((DateDayVector) column).get(row));
      case DATEMILLI -> LocalDate.ofEpochDay(((DateMilliVector) column).get(row) / 86_400_000);
      case TIMESEC -> LocalTime.ofSecondOfDay(((TimeSecVector) column).get(row));
      case TIMEMILLI -> LocalTime.ofNanoOfDay(((TimeMilliVector) column).get(row) * 1_000_000L);
      case TIMEMICRO -> LocalTime.ofNanoOfDay(((TimeMicroVector) column).get(row) * 1_000);
      case TIMENANO -> LocalTime.ofNanoOfDay(((TimeNanoVector) column).get(row));
      default -> plain(column.getObject(row));
    };
  }

  /** Whether cells of this type are numbers, which people like to see below each other. */
  static boolean isNumber(ArrowType type) {
    ArrowTypeID id = type.getTypeID();
    return id == ArrowTypeID.Int || id == ArrowTypeID.FloatingPoint || id == ArrowTypeID.Decimal;
  }

  private static @Nullable Object plain(@Nullable Object value) {
    return value instanceof Text text ? text.toString() : value;
  }

  private static List<@Nullable Object> list(FieldVector lists, int start, int end) {
    FieldVector elements = lists.getChildrenFromFields().get(0);
    List<@Nullable Object> list = new ArrayList<>();
    for (int i = start; i < end; i++) {
      list.add(of(elements, i));
    }
    return list;
  }

  private static Object timestamp(ArrowType.Timestamp type, long ticks) {
    long perSecond = perSecond(type.getUnit());
    Instant instant =
        Instant.ofEpochSecond(
            Math.floorDiv(ticks, perSecond),
            Math.floorMod(ticks, perSecond) * (NANOS_PER_SECOND / perSecond));
    return type.getTimezone() != null
        ? instant
        : instant.atOffset(ZoneOffset.UTC).toLocalDateTime();
  }

  private static long perSecond(TimeUnit unit) {
    return switch (unit) {
      case SECOND -> 1;
      case MILLISECOND -> 1_000;
      case MICROSECOND -> 1_000_000;
      case NANOSECOND -> NANOS_PER_SECOND;
    };
  }
}
