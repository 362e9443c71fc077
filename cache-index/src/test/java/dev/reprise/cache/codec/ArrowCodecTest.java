package dev.reprise.cache.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.codec.Codec.Encoded;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.Payload;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.impl.UnionListWriter;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.UnionMode;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** FAULTS rows 15, 64, 67; DESIGN §4 on the content digest of tables. */
class ArrowCodecTest {
  private static final Field ORIGIN = Field.nullable("origin", ArrowType.Utf8.INSTANCE);
  private static final Field DELAY = Field.nullable("delay", new ArrowType.Int(32, true));
  private static final Field MEAN =
      Field.nullable("mean", new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE));
  private static final Field WHEN =
      Field.nullable("when", new ArrowType.Timestamp(TimeUnit.MICROSECOND, null));
  private static final Schema SCHEMA = new Schema(List.of(ORIGIN, DELAY, MEAN));

  private long allocated;

  @BeforeEach
  void remember() {
    allocated = ArrowMemory.allocated();
  }

  @AfterEach
  void noMemoryIsLeft() {
    assertThat(ArrowMemory.allocated()).isEqualTo(allocated);
  }

  @Test
  void encode_rowsInAnyOrder_haveOneDigest() {
    List<@Nullable Object[]> rows = rows(500, new Random(7));
    Fingerprint first = digest(rows, SCHEMA);
    Collections.shuffle(rows, new Random(8));
    assertThat(digest(rows, SCHEMA)).isEqualTo(first);
  }

  @Test
  void encode_rowOrderSignificant_tellsOrdersApart() throws IOException {
    List<@Nullable Object[]> rows = rows(50, new Random(7));
    ArrowCodec ordered = new ArrowCodec(RowOrder.SIGNIFICANT);
    try (ArrowTable one = table(rows, SCHEMA)) {
      Collections.reverse(rows);
      try (ArrowTable other = table(rows, SCHEMA)) {
        Fingerprint first = ordered.encode(one, new ByteArrayOutputStream()).content();
        assertThat(ordered.encode(one, new ByteArrayOutputStream()).content()).isEqualTo(first);
        assertThat(ordered.encode(other, new ByteArrayOutputStream()).content())
            .isNotEqualTo(first);
      }
    }
  }

  @Test
  void encode_oneRowDoubled_isAnotherTable() {
    List<@Nullable Object[]> rows = rows(100, new Random(1));
    Fingerprint before = digest(rows, SCHEMA);
    rows.add(rows.get(3));
    Fingerprint doubled = digest(rows, SCHEMA);
    rows.add(rows.get(3));
    assertThat(List.of(before, doubled, digest(rows, SCHEMA))).doesNotHaveDuplicates();
  }

  @Test
  void encode_twoEqualRowsAgainstTwoOthers_doNotCancelOut() {
    Object[] a = {"ATL", 1, 2.0};
    Object[] b = {"ORD", 3, 4.0};
    assertThat(digest(List.of(a, a), SCHEMA)).isNotEqualTo(digest(List.of(b, b), SCHEMA));
    assertThat(digest(List.of(a, a), SCHEMA)).isNotEqualTo(digest(List.of(), SCHEMA));
  }

  @Test
  void encode_anyCellChanged_isAnotherTable() {
    List<@Nullable Object[]> rows = rows(20, new Random(2));
    Fingerprint before = digest(rows, SCHEMA);
    for (int row = 0; row < rows.size(); row++) {
      for (int column = 0; column < 3; column++) {
        Object[] changed = rows.get(row).clone();
        Object[] kept = rows.get(row);
        changed[column] = kept[column] == null ? List.of("x", 1, 1.0).get(column) : null;
        rows.set(row, changed);
        assertThat(digest(rows, SCHEMA)).isNotEqualTo(before);
        rows.set(row, kept);
      }
    }
  }

  @Test
  void encode_columnsRenamedReorderedOrRetyped_isAnotherTable() {
    Object[] row = {1, 1};
    Field a = Field.nullable("a", new ArrowType.Int(32, true));
    Field b = Field.nullable("b", new ArrowType.Int(32, true));
    Field wide = Field.nullable("a", new ArrowType.Int(64, true));
    List<@Nullable Object[]> rows = Collections.singletonList(row);
    assertThat(
            List.of(
                digest(rows, new Schema(List.of(a, b))),
                digest(rows, new Schema(List.of(b, a))),
                digest(rows, new Schema(List.of(a, Field.nullable("c", b.getType())))),
                digest(rows, new Schema(List.of(wide, b)))))
        .doesNotHaveDuplicates();
  }

  @Test
  void encode_sameRowsInOtherBatches_isTheSameTable() throws IOException {
    List<@Nullable Object[]> rows = rows(300, new Random(3));
    try (ArrowTable whole = table(rows, SCHEMA);
        ArrowTable first = table(rows.subList(0, 7), SCHEMA);
        ArrowTable second = table(rows.subList(7, 300), SCHEMA);
        ArrowTable parts = ArrowTable.concat(List.of(first, second))) {
      assertThat(parts.rowCount()).isEqualTo(300);
      assertThat(encode(parts).content()).isEqualTo(encode(whole).content());
      assertThat(encode(parts).rows()).isEqualTo(300);
    }
  }

  @Test
  void encode_bytesUnderNulls_areNeitherDigestedNorWritten() throws IOException {
    try (BufferAllocator allocator = new RootAllocator();
        IntVector clean = new IntVector("n", allocator);
        IntVector dirty = new IntVector("n", allocator)) {
      for (IntVector vector : List.of(clean, dirty)) {
        vector.allocateNew(2);
        vector.set(0, 5);
        vector.setNull(1);
        vector.setValueCount(2);
      }
      dirty.getDataBuffer().setInt(4, 0xDEADBEEF);
      try (ArrowTable one = ArrowTable.copyOf(VectorSchemaRoot.of(clean));
          ArrowTable other = ArrowTable.copyOf(VectorSchemaRoot.of(dirty))) {
        assertThat(encode(one).content()).isEqualTo(encode(other).content());
        assertThat(bytes(one)).isEqualTo(bytes(other));
      }
    }
  }

  @Test
  void encode_floatingPoint_entersByItsBits() {
    Schema schema = new Schema(List.of(MEAN));
    assertThat(digest(Collections.singletonList(new Object[] {0.0}), schema))
        .isNotEqualTo(digest(Collections.singletonList(new Object[] {-0.0}), schema));
  }

  @Test
  void decode_whatWasEncoded_hasTheSameRowsAndSchema() throws IOException {
    Schema schema = new Schema(List.of(ORIGIN, DELAY, MEAN, WHEN), Map.of("made", "by hand"));
    List<@Nullable Object[]> rows = new ArrayList<>();
    rows.add(new Object[] {"ATL", 3, 0.5, Instant.parse("2001-01-01T00:01:00Z")});
    rows.add(new Object[] {null, null, null, null});
    rows.add(new Object[] {"", -1, Double.NaN, Instant.EPOCH});
    try (ArrowTable table = table(rows, schema);
        ArrowTable back = new ArrowCodec(RowOrder.ANY).decode(payload(bytes(table)))) {
      assertThat(back.schema()).isEqualTo(schema);
      assertThat(maps(back)).isEqualTo(maps(table));
      assertThat(encode(back).content()).isEqualTo(encode(table).content());
    }
  }

  @Test
  void decode_emptyTables_keepTheirSchema() throws IOException {
    for (Schema schema : List.of(SCHEMA, new Schema(List.of()))) {
      try (ArrowTable none = ArrowTable.builder(schema).build();
          ArrowTable back = new ArrowCodec(RowOrder.ANY).decode(payload(bytes(none)))) {
        assertThat(back.schema()).isEqualTo(schema);
        assertThat(back.rowCount()).isZero();
      }
    }
  }

  @Test
  void encode_nestedTypes_roundTripAndDifferByContent() throws IOException {
    try (BufferAllocator allocator = new RootAllocator();
        ListVector lists = ListVector.empty("lists", allocator);
        DecimalVector decimals = new DecimalVector("decimals", allocator, 20, 2)) {
      UnionListWriter writer = lists.getWriter();
      for (int i = 0; i < 3; i++) {
        writer.setPosition(i);
        writer.startList();
        for (int j = 0; j < i; j++) {
          writer.bigInt().writeBigInt(j);
        }
        writer.endList();
      }
      lists.setValueCount(3);
      decimals.allocateNew(3);
      decimals.setSafe(0, new BigDecimal("1.25"));
      decimals.setSafe(2, new BigDecimal("-7.00"));
      decimals.setValueCount(3);
      try (ArrowTable table = ArrowTable.copyOf(VectorSchemaRoot.of(lists, decimals));
          ArrowTable back = new ArrowCodec(RowOrder.ANY).decode(payload(bytes(table)))) {
        assertThat(maps(back)).isEqualTo(maps(table));
        assertThat(encode(back).content()).isEqualTo(encode(table).content());
        decimals.setSafe(2, new BigDecimal("-7.01"));
        try (ArrowTable other = ArrowTable.copyOf(VectorSchemaRoot.of(lists, decimals))) {
          assertThat(encode(other).content()).isNotEqualTo(encode(table).content());
        }
      }
    }
  }

  @Test
  void copyOf_columnTypeThatTablesDoNotTake_isRefusedByName() {
    Field union =
        new Field(
            "either",
            FieldType.nullable(new ArrowType.Union(UnionMode.Dense, new int[0])),
            List.of());
    assertThatThrownBy(() -> ArrowTable.builder(new Schema(List.of(union))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("column 'either' is of type Union");
  }

  @Test
  void decode_bytesThatAreNoTable_isAnIoExceptionAndLeaksNothing() throws IOException {
    byte[] good;
    try (ArrowTable table = table(rows(10, new Random(5)), SCHEMA)) {
      good = bytes(table);
    }
    for (int length = 0; length < good.length / 2; length += 13) {
      byte[] cut = Arrays.copyOf(good, length);
      assertThatThrownBy(() -> new ArrowCodec(RowOrder.ANY).decode(payload(cut)).close())
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void table_closedTwice_doesNoHarmAndReadingItSaysSo() {
    ArrowTable table = table(rows(3, new Random(5)), SCHEMA);
    table.close();
    table.close();
    assertThatThrownBy(() -> table.forEachRow(row -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void row_unknownColumnOrNull_isRefusedWithAdvice() {
    try (ArrowTable table = table(Collections.singletonList(new Object[] {null, 1, 1.0}), SCHEMA)) {
      table.forEachRow(
          row -> {
            assertThat(row.getLong("delay")).isEqualTo(1);
            assertThatThrownBy(() -> row.getString("origin")).hasMessageContaining("is null here");
            assertThatThrownBy(() -> row.getString("orign"))
                .hasMessageContaining("no column 'orign'; it has [origin, delay, mean]");
          });
    }
  }

  private static List<@Nullable Object[]> rows(int count, Random random) {
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(
          new Object[] {
            random.nextInt(10) == 0 ? null : "A" + random.nextInt(50),
            random.nextInt(10) == 0 ? null : random.nextInt(),
            random.nextInt(10) == 0 ? null : random.nextDouble()
          });
    }
    return rows;
  }

  private static ArrowTable table(List<@Nullable Object[]> rows, Schema schema) {
    ArrowTableBuilder builder = ArrowTable.builder(schema);
    rows.forEach(builder::row);
    return builder.build();
  }

  private static Fingerprint digest(List<@Nullable Object[]> rows, Schema schema) {
    try (ArrowTable table = table(rows, schema)) {
      return encode(table).content();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Encoded encode(ArrowTable table) throws IOException {
    return new ArrowCodec(RowOrder.ANY).encode(table, new ByteArrayOutputStream());
  }

  private static byte[] bytes(ArrowTable table) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new ArrowCodec(RowOrder.ANY).encode(table, out);
    return out.toByteArray();
  }

  private static List<Map<String, @Nullable Object>> maps(ArrowTable table) {
    List<Map<String, @Nullable Object>> maps = new ArrayList<>();
    table.forEachRow(row -> maps.add(row.toMap()));
    return maps;
  }

  private static Payload payload(byte[] bytes) {
    return new Payload() {
      @Override
      public long size() {
        return bytes.length;
      }

      @Override
      public InputStream open() {
        return new ByteArrayInputStream(bytes);
      }

      @Override
      public byte[] bytes() {
        return bytes;
      }
    };
  }
}
