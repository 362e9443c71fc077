package dev.reprise.cache.codec;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DateMilliVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float2Vector;
import org.apache.arrow.vector.LargeVarCharVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeMilliVector;
import org.apache.arrow.vector.TimeNanoVector;
import org.apache.arrow.vector.TimeSecVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.UInt2Vector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.jspecify.annotations.Nullable;

/** Reads single cells as what a Java programmer expects. */
final class CellReader {
  private CellReader() {}

  static @Nullable Object read(FieldVector column, int i) {
    if (column.isNull(i)) {
      return null;
    }
    if (column instanceof VarCharVector texts) {
      return new String(texts.get(i), StandardCharsets.UTF_8);
    }
    if (column instanceof LargeVarCharVector texts) {
      return new String(texts.get(i), StandardCharsets.UTF_8);
    }
    if (column instanceof TimeStampVector times) {
      return timestamp(times, i);
    }
    return switch (column.getMinorType()) {
      case UINT1 -> ((UInt1Vector) column).getObjectNoOverflow(i);
      case UINT2 -> (int) ((UInt2Vector) column).get(i);
      case UINT4 -> ((UInt4Vector) column).getObjectNoOverflow(i);
      case UINT8 -> ((UInt8Vector) column).getObjectNoOverflow(i);
      case FLOAT2 -> ((Float2Vector) column).getValueAsFloat(i);
      case DATEDAY -> LocalDate.ofEpochDay(((DateDayVector) column).get(i));
      case DATEMILLI ->
          LocalDate.ofEpochDay(Math.floorDiv(((DateMilliVector) column).get(i), 86_400_000L));
      case TIMESEC -> LocalTime.ofSecondOfDay(((TimeSecVector) column).get(i));
      case TIMEMILLI -> LocalTime.ofNanoOfDay(((TimeMilliVector) column).get(i) * 1_000_000L);
      case TIMEMICRO -> LocalTime.ofNanoOfDay(((TimeMicroVector) column).get(i) * 1_000L);
      case TIMENANO -> LocalTime.ofNanoOfDay(((TimeNanoVector) column).get(i));
      case LIST ->
          elements(((ListVector) column).getDataVector(), start(column, i), end(column, i));
      case LARGELIST ->
          elements(((LargeListVector) column).getDataVector(), start(column, i), end(column, i));
      case FIXED_SIZE_LIST ->
          elements(
              ((FixedSizeListVector) column).getDataVector(), start(column, i), end(column, i));
      case MAP -> map((MapVector) column, i);
      case STRUCT -> struct((StructVector) column, i);
      default -> column.getObject(i);
    };
  }

  private static int start(FieldVector column, int i) {
    return ((org.apache.arrow.vector.complex.BaseListVector) column).getElementStartIndex(i);
  }

  private static int end(FieldVector column, int i) {
    return ((org.apache.arrow.vector.complex.BaseListVector) column).getElementEndIndex(i);
  }

  private static List<@Nullable Object> elements(FieldVector data, int start, int end) {
    List<@Nullable Object> elements = new ArrayList<>();
    for (int i = start; i < end; i++) {
      elements.add(read(data, i));
    }
    return elements;
  }

  private static Map<@Nullable Object, @Nullable Object> map(MapVector column, int i) {
    List<FieldVector> entry = column.getDataVector().getChildrenFromFields();
    Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
    for (int j = start(column, i); j < end(column, i); j++) {
      map.put(read(entry.get(0), j), read(entry.get(1), j));
    }
    return map;
  }

  private static Map<String, @Nullable Object> struct(StructVector column, int i) {
    Map<String, @Nullable Object> struct = new LinkedHashMap<>();
    for (FieldVector child : column.getChildrenFromFields()) {
      struct.put(child.getName(), read(child, i));
    }
    return struct;
  }

  private static Object timestamp(TimeStampVector column, int i) {
    ArrowType.Timestamp type = (ArrowType.Timestamp) column.getField().getType();
    long perSecond = unitsPerSecond(type.getUnit());
    long value = column.get(i);
    Instant instant =
        Instant.ofEpochSecond(
            Math.floorDiv(value, perSecond),
            Math.floorMod(value, perSecond) * (1_000_000_000L / perSecond));
    return type.getTimezone() != null
        ? instant
        : instant.atOffset(java.time.ZoneOffset.UTC).toLocalDateTime();
  }

  static long unitsPerSecond(TimeUnit unit) {
    return switch (unit) {
      case SECOND -> 1;
      case MILLISECOND -> 1_000;
      case MICROSECOND -> 1_000_000;
      case NANOSECOND -> 1_000_000_000;
    };
  }
}
