package dev.reprise.cache.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.testing.SeededTest;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What changes the content digest of a table, and what does not. */
class TableDigestTest {
  private static final BigInteger MODULUS = BigInteger.TWO.pow(256);
  private static final Schema SCHEMA =
      Columns.schema(
          Columns.text("text"),
          Columns.int32("int"),
          Columns.bool("bool"),
          Columns.list("list", Columns.float64("e")));

  @SeededTest(seeds = 30)
  void content_rowsInAnyOrderAndAnyBatches_isTheSame(Random random) {
    List<@Nullable Object[]> rows = rows(random, 50);
    List<@Nullable Object[]> shuffled = new ArrayList<>(rows);
    Collections.shuffle(shuffled, random);
    int cut = random.nextInt(rows.size());

    try (ArrowTable first = table(shuffled.subList(0, cut));
        ArrowTable second = table(shuffled.subList(cut, rows.size()));
        ArrowTable together = ArrowTable.concat(List.of(first, second))) {
      assertThat(together.content()).isEqualTo(content(rows));
      assertThat(first.digest().plus(second.digest())).isEqualTo(together.digest());
    }
  }

  @SeededTest(seeds = 30)
  void content_oneCellChanged_differs(Random random) {
    List<@Nullable Object[]> rows = rows(random, 20);
    Fingerprint before = content(rows);
    Object[] row = rows.get(random.nextInt(rows.size()));

    switch (random.nextInt(4)) {
      case 0 -> row[0] = row[0] == null ? "" : row[0] + "x";
      case 1 -> row[1] = row[1] == null ? 0 : (int) row[1] + 1;
      case 2 -> row[2] = row[2] == null ? (Object) false : null;
      default -> row[3] = row[3] == null ? List.of() : null;
    }

    assertThat(content(rows)).isNotEqualTo(before);
  }

  /** The sum is no XOR: a row twice is not a row gone. */
  @Test
  void content_rowDoubledTwiceOrGone_differs() {
    Object[] row = {"a", 1, true, List.of(0.5)};
    Object[] other = {"b", 1, true, List.of(0.5)};

    assertThat(
            List.of(
                content(rowsOf()),
                content(rowsOf(row)),
                content(rowsOf(row, row)),
                content(rowsOf(row, row, row)),
                content(rowsOf(other)),
                content(rowsOf(row, row, other))))
        .doesNotHaveDuplicates();
  }

  @Test
  void content_valuesThatCouldRunTogether_differ() {
    Schema two = Columns.schema(Columns.text("a"), Columns.text("b"));
    Schema lists = Columns.schema(Columns.list("a", Columns.text("e")));

    assertThat(contentOf(two, "ab", "c")).isNotEqualTo(contentOf(two, "a", "bc"));
    assertThat(contentOf(two, "a", null)).isNotEqualTo(contentOf(two, null, "a"));
    assertThat(contentOf(two, "", null)).isNotEqualTo(contentOf(two, null, ""));
    assertThat(contentOf(lists, List.of("a", "b"))).isNotEqualTo(contentOf(lists, List.of("ab")));
    assertThat(contentOf(lists, List.of())).isNotEqualTo(contentOf(lists, (Object) null));
    assertThat(contentOf(lists, Arrays.asList((Object) null)))
        .isNotEqualTo(contentOf(lists, List.of("")));
  }

  @Test
  void content_floatingPoint_isByBits() {
    Schema floats = Columns.schema(Columns.float64("x"));

    assertThat(contentOf(floats, 0.0)).isNotEqualTo(contentOf(floats, -0.0));
    assertThat(contentOf(floats, Double.NaN)).isEqualTo(contentOf(floats, Double.NaN));
  }

  @Test
  void content_sameRowsUnderAnotherSchema_differs() {
    List<Schema> schemas =
        List.of(
            Columns.schema(Columns.int32("a"), Columns.int32("b")),
            Columns.schema(Columns.int32("b"), Columns.int32("a")),
            Columns.schema(Columns.int32("a"), Columns.int32("c")),
            Columns.schema(Columns.int32("a"), Columns.int64("b")),
            Columns.schema(
                Columns.int32("a"),
                new Field("b", FieldType.notNullable(new ArrowType.Int(32, true)), null)),
            Columns.schema(
                Columns.int32("a"),
                new Field(
                    "b",
                    new FieldType(true, new ArrowType.Int(32, true), null, Map.of("unit", "min")),
                    null)));

    assertThat(schemas.stream().map(schema -> contentOf(schema, 1, 1))).doesNotHaveDuplicates();
    assertThat(schemas.stream().map(schema -> TableDigest.empty(schema).content()))
        .doesNotHaveDuplicates();
  }

  @Test
  void content_whereOrderMatters_dependsOnIt() throws Exception {
    List<@Nullable Object[]> rows = rows(new Random(1), 10);
    List<@Nullable Object[]> reversed = new ArrayList<>(rows);
    Collections.reverse(reversed);

    assertThat(inOrder(rows)).isEqualTo(inOrder(rows)).isNotEqualTo(inOrder(reversed));
  }

  @Test
  void plus_ofTwoSchemas_isRefused() {
    TableDigest one = TableDigest.empty(SCHEMA);
    TableDigest other = TableDigest.empty(Columns.schema());

    assertThatThrownBy(() -> one.plus(other)).isInstanceOf(IllegalArgumentException.class);
    assertThat(one.plus(one)).isEqualTo(one);
  }

  @SeededTest(seeds = 200)
  void rowSum_isAdditionModuloTwoToThe256(Random random) {
    RowSum sum = new RowSum();
    BigInteger expected = BigInteger.ZERO;
    for (int i = 0; i < 20; i++) {
      byte[] number = new byte[32];
      random.nextBytes(number);
      for (int j = 0; j < 32; j++) { // many carries
        number[j] = random.nextBoolean() ? (byte) -1 : random.nextBoolean() ? 0 : number[j];
      }
      sum.add(number);
      expected = expected.add(new BigInteger(1, number)).mod(MODULUS);
      assertThat(new BigInteger(1, sum.value().bytes())).isEqualTo(expected);
    }
  }

  private static List<@Nullable Object[]> rowsOf(@Nullable Object[]... rows) {
    return Arrays.asList(rows);
  }

  private static Fingerprint inOrder(List<@Nullable Object[]> rows) throws IOException {
    try (ArrowTable table = table(rows)) {
      return new ArrowCodec(RowOrder.SIGNIFICANT)
          .encode(table, OutputStream.nullOutputStream())
          .content();
    }
  }

  private static Fingerprint contentOf(Schema schema, @Nullable Object... cells) {
    try (ArrowTable table = ArrowTable.builder(schema).row(cells).build()) {
      return table.content();
    }
  }

  private static Fingerprint content(List<@Nullable Object[]> rows) {
    try (ArrowTable table = table(rows)) {
      return table.content();
    }
  }

  private static ArrowTable table(List<@Nullable Object[]> rows) {
    TableBuilder builder = ArrowTable.builder(SCHEMA);
    rows.forEach(builder::row);
    return builder.build();
  }

  private static List<@Nullable Object[]> rows(Random random, int count) {
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(
          new @Nullable Object[] {
            random.nextInt(4) == 0 ? null : "t" + random.nextInt(5),
            random.nextInt(4) == 0 ? null : random.nextInt(5),
            random.nextInt(4) == 0 ? null : random.nextBoolean(),
            random.nextInt(4) == 0 ? null : Arrays.asList(random.nextDouble(), null)
          });
    }
    return rows;
  }
}
