package dev.reprise.cache.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.arrow.c.ArrowArrayStream;
import org.apache.arrow.c.Data;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every type of column goes through a table, through bytes, and through somebody else's memory. */
class ArrowTypesTest {
  private final ArrowCodec codec = new ArrowCodec(RowOrder.ANY);

  static Stream<Arguments> typesAndCells() {
    List<Arguments> all = new ArrayList<>();
    add(all, ArrowType.Null.INSTANCE, null);
    add(all, ArrowType.Bool.INSTANCE, true);
    add(all, new ArrowType.Int(8, true), (byte) -128);
    add(all, new ArrowType.Int(16, true), (short) -5);
    add(all, new ArrowType.Int(32, true), Integer.MIN_VALUE);
    add(all, new ArrowType.Int(64, true), Long.MIN_VALUE);
    add(all, new ArrowType.Int(8, false), (short) 255);
    add(all, new ArrowType.Int(16, false), 65_535);
    add(all, new ArrowType.Int(32, false), 4_294_967_295L);
    add(all, new ArrowType.Int(64, false), BigInteger.TWO.pow(64).subtract(BigInteger.ONE));
    add(all, new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE), 0.5f);
    add(all, new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE), -0.0);
    add(all, new ArrowType.Decimal(38, 10, 128), new BigDecimal("-1234567890.0123456789"));
    add(all, new ArrowType.Decimal(70, 2, 256), new BigDecimal("1" + "0".repeat(60) + ".25"));
    add(all, ArrowType.Utf8.INSTANCE, "\u00e9\ud83d\ude00");
    add(all, ArrowType.LargeUtf8.INSTANCE, "large");
    add(all, ArrowType.Binary.INSTANCE, new byte[] {0, -1});
    add(all, ArrowType.LargeBinary.INSTANCE, new byte[] {1});
    add(all, new ArrowType.FixedSizeBinary(3), new byte[] {1, 2, 3});
    add(all, new ArrowType.Date(DateUnit.DAY), LocalDate.of(1969, 7, 20));
    add(all, new ArrowType.Date(DateUnit.MILLISECOND), LocalDate.of(1969, 7, 20));
    add(all, new ArrowType.Time(TimeUnit.SECOND, 32), LocalTime.of(23, 59, 59));
    add(all, new ArrowType.Time(TimeUnit.MILLISECOND, 32), LocalTime.of(1, 2, 3, 4_000_000));
    add(all, new ArrowType.Time(TimeUnit.MICROSECOND, 64), LocalTime.of(1, 2, 3, 4_000));
    add(all, new ArrowType.Time(TimeUnit.NANOSECOND, 64), LocalTime.of(1, 2, 3, 4));
    for (TimeUnit unit : TimeUnit.values()) {
      add(all, new ArrowType.Timestamp(unit, null), LocalDateTime.of(1969, 12, 31, 23, 59));
      add(all, new ArrowType.Timestamp(unit, "Asia/Kathmandu"), Instant.ofEpochSecond(-1));
      add(all, new ArrowType.Duration(unit), Duration.ofSeconds(-3));
    }
    Field number = Columns.int32("n");
    add(all, ArrowType.List.INSTANCE, List.of(1, 2), number);
    add(all, new ArrowType.FixedSizeList(2), List.of(3, 4), number);
    add(all, ArrowType.Struct.INSTANCE, Map.of("n", 5), number);
    add(
        all,
        new ArrowType.Map(false),
        Map.of("k", 6),
        new Field(
            "entries",
            FieldType.notNullable(ArrowType.Struct.INSTANCE),
            List.of(
                new Field("key", FieldType.notNullable(ArrowType.Utf8.INSTANCE), null),
                Columns.int32("value"))));
    return all.stream();
  }

  private static void add(List<Arguments> all, ArrowType type, Object cell, Field... children) {
    all.add(Arguments.of(new Field("c", FieldType.nullable(type), List.of(children)), cell));
  }

  @ParameterizedTest
  @MethodSource("typesAndCells")
  void decode_columnOfAnyType_isTheSame(Field column, Object cell) throws Exception {
    Schema schema = Columns.schema(column, Columns.list("nested", column));
    List<Object> list = new ArrayList<>();
    list.add(cell);
    list.add(null);
    try (ArrowTable table =
            ArrowTable.builder(schema)
                .row(cell, list)
                .row(null, null)
                .row(cell, List.of())
                .build();
        ArrowTable back = codec.decode(ArrayPayload.of(codec, table));
        ArrowReader reader = back.reader();
        ArrowTable copy = ArrowTable.copyOf(reader)) {
      assertThat(copy.schema()).isEqualTo(schema);
      assertThat(copy.content()).isEqualTo(table.content());
      TableRow first = copy.rows().iterator().next();
      assertThat(first.get("c")).isEqualTo(cell);
      assertThat(first.get("nested")).usingRecursiveComparison().isEqualTo(list);
    }
  }

  /** The way tables go into an SQL engine and come back from it, in other allocators' memory. */
  @ParameterizedTest
  @MethodSource("typesAndCells")
  void copyOf_whatCameThroughNativeMemory_isTheSame(Field column, Object cell) throws Exception {
    Schema schema = Columns.schema(column);
    try (ArrowTable one = ArrowTable.builder(schema).row(cell).row((Object) null).build();
        ArrowTable table = ArrowTable.concat(List.of(one, one));
        RootAllocator theirs = new RootAllocator();
        ArrowReader reader = table.reader(theirs);
        ArrowArrayStream stream = ArrowArrayStream.allocateNew(theirs)) {
      Data.exportArrayStream(theirs, reader, stream);
      try (ArrowReader imported = Data.importArrayStream(theirs, stream);
          ArrowTable back = ArrowTable.copyOf(imported)) {
        assertThat(back.schema()).isEqualTo(schema);
        assertThat(back.rowCount()).isEqualTo(4);
        assertThat(back.content()).isEqualTo(table.content());
      }
    }
  }
}
