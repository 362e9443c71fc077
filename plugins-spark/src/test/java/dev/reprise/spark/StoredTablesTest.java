package dev.reprise.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.codec.ArrowTable;
import dev.reprise.cache.codec.Codecs;
import dev.reprise.cache.codec.Columns;
import dev.reprise.cache.codec.RowOrder;
import dev.reprise.cache.codec.TableDigest;
import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.StorePlace;
import dev.reprise.cache.testing.Shows;
import dev.reprise.spark.table.StoredTables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.IntervalUnit;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Datasets go to the store from executors in processes of their own, and come back from there. */
@Timeout(240)
class StoredTablesTest {
  /** A column of each type that a table keeps: a usual value, an extreme one, null. */
  private static final String ALL_TYPES =
      """
      SELECT * FROM VALUES
        (true, 1Y, 2S, 3, 4L, 0.5F, 0.25D, 1.50BD, CAST('123456789012345678901234567890.12345678' AS DECIMAL(38, 8)),
         'text', X'00FF', DATE'2001-03-04', TIMESTAMP'2001-03-04 05:06:07.123456', TIMESTAMP_NTZ'2001-03-04 05:06:07.123456',
         array(1, null, 3), map('a', 1, 'b', null), named_struct('x', 1, 'y', array('p', null)),
         array(named_struct('k', map(1, array(TIMESTAMP'1969-12-31 23:59:59'))))),
        (false, -128Y, -32768S, -2147483648, -9223372036854775808L, float('NaN'), double('-Infinity'), -9.99BD, CAST(0 AS DECIMAL(38, 8)),
         'é\\U0001F600', X'', DATE'0001-01-01', TIMESTAMP'9999-12-31 23:59:59.999999', TIMESTAMP_NTZ'0001-01-01 00:00:00',
         array(), map(), named_struct('x', null, 'y', null), array(null)),
        (null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null)
      AS t(bool, byte, short, int, long, float, double, decimal, large, text, binary, day, instant, local, list, map, struct, nested)
      """;

  private static SparkContext cluster;
  private static SparkLink link;
  private static SparkSession spark;

  @TempDir static Path folder;
  private static FileResultStore store;
  private StoredTables tables;
  private static int written;

  @BeforeAll
  @Timeout(240)
  static void start() throws Exception {
    cluster = TestCluster.start();
    store = FileResultStore.openOrMake(folder, FileResultStore.Settings.STANDARD);
    SparkSettings settings =
        new SparkSettings(null, Duration.ofSeconds(5), Duration.ofMinutes(2), 0);
    // Sends our jars to the executors.
    link =
        SparkLink.open(
            settings,
            "run",
            new StorePlace(store.folder().toString(), ""),
            StoredTablesTest.class.getClassLoader());
    spark = KeySettings.sessionOf(SparkSession.builder().getOrCreate(), KeySettings.now());
  }

  @AfterAll
  static void stop() {
    link.close();
    cluster.stop();
  }

  @BeforeEach
  void openTables() {
    tables = new StoredTables(new StorePlace(store.folder().toString(), ""), store);
  }

  private Manifest write(Dataset<?> dataset, int inlineLimit, RowOrder order) {
    return tables.write(dataset, "run", "step", "attempt" + ++written, inlineLimit, order);
  }

  private Manifest write(Dataset<?> dataset) {
    return write(dataset, 0, RowOrder.ANY);
  }

  private Dataset<Row> read(Manifest manifest) {
    return tables.read(spark, manifest.partitions());
  }

  private ArrowTable arrow(Manifest manifest) throws IOException {
    return ArrowTable.read(
        manifest.partitions().stream().map(piece -> store.read(piece.location())).toList());
  }

  @Test
  void read_columnsOfEveryType_areWhatWasWritten() throws Exception {
    Dataset<Row> all = spark.sql(ALL_TYPES);

    Manifest manifest = write(all.repartition(3));

    assertThat(read(manifest).schema().asNullable()).isEqualTo(all.schema().asNullable());
    assertThat(rows(read(manifest))).isEqualTo(rows(all));
    assertThat(read(manifest).collectAsList())
        .as("JSON has no microseconds")
        .containsExactlyInAnyOrderElementsOf(all.collectAsList());
    try (ArrowTable table = arrow(manifest)) {
      assertThat(table.rowCount()).isEqualTo(3);
      assertThat(table.content()).isEqualTo(manifest.content());
    }
  }

  private static List<String> rows(Dataset<Row> dataset) {
    return dataset.toJSON().collectAsList().stream().sorted().toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT null AS nothing, array(null) AS nothings",
        "SELECT named_struct() AS empty, array(named_struct()) AS empties",
        "SELECT CAST('0.99999999999999999999999999999999999999' AS DECIMAL(38, 38)) AS d",
        "SELECT CAST('-99999999999999999999999999999999999999' AS DECIMAL(38, 0)) AS d, CAST(9 AS DECIMAL(1, 0)) AS e",
        "SELECT array(1.50BD, null) AS d, array(DATE'1582-10-04') AS days, array(TIMESTAMP_NTZ'9999-12-31 23:59:59.999999') AS local",
        "SELECT TIMESTAMP'0001-01-01 00:00:00' AS t, TIMESTAMP'1969-12-31 23:59:59.999999' AS u",
        "SELECT map(named_struct('a', 1), map('b', array(2))) AS m, map(1, X'01') AS n",
        "SELECT float('-0.0') AS f, double('-0.0') AS d",
        "SELECT CAST('a' AS CHAR(3)) AS c, CAST('b' AS VARCHAR(3)) AS v",
        "SELECT 1 AS `a.b`, 2 AS `c d`, 3 AS `\u00fc`, 4 AS `back``tick`, 5 AS `x`, 6 AS `X`, 7 AS ``",
        "SELECT repeat('\u00e9', 5000000) AS text, CAST(repeat('y', 9000000) AS BINARY) AS binary",
        "SELECT sequence(1, 1200000) AS list",
      })
  void read_columnOfATypeAtItsLimits_isWhatWasWritten(String query) {
    Dataset<Row> all = spark.sql(query);

    Manifest manifest = write(all);

    assertThat(read(manifest).schema().asNullable()).isEqualTo(all.schema().asNullable());
    assertThat(read(manifest).select("*").toJSON().first()).isEqualTo(all.toJSON().first());
  }

  @Test
  @Shows("Fault 64")
  void read_tableOfEveryTypeWithoutRows_hasItsColumns() {
    Dataset<Row> none = spark.sql(ALL_TYPES).where("false");

    Manifest manifest = write(none);

    assertThat(read(manifest).schema().asNullable()).isEqualTo(none.schema().asNullable());
    assertThat(read(manifest).collectAsList()).isEmpty();
  }

  /** Fault 69. */
  @Test
  void read_inAnotherTimeZone_isTheSamePointAndTheSameLocalTime() {
    String zone = spark.conf().get("spark.sql.session.timeZone");
    try {
      spark.conf().set("spark.sql.session.timeZone", "Asia/Kathmandu");
      Manifest manifest =
          write(
              spark.sql(
                  "SELECT TIMESTAMP'2001-03-04 05:45:00' AS point, TIMESTAMP_NTZ'2001-03-04 05:45:00' AS local"));
      spark.conf().set("spark.sql.session.timeZone", "UTC");

      assertThat(rows(read(manifest).selectExpr("string(point)", "string(local)")))
          .containsExactly("{\"point\":\"2001-03-04 00:00:00\",\"local\":\"2001-03-04 05:45:00\"}");
    } finally {
      spark.conf().set("spark.sql.session.timeZone", zone);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT make_interval(1) AS i",
        "SELECT map('a', INTERVAL '1' SECOND) AS i",
        "SELECT named_struct('v', array(parse_json('1'))) AS s",
        "SELECT INTERVAL '1' YEAR AS i",
        "SELECT INTERVAL '1' DAY AS i",
        "SELECT array(make_interval(1)) AS i",
        "SELECT parse_json('1') AS i",
        "SELECT 'a' COLLATE UNICODE_CI AS i",
        "SELECT named_struct('i', TIME'01:02:03') AS t"
      })
  void write_typeThatATableCannotKeep_isRefusedWithTheColumn(String query) {
    assertThatThrownBy(() -> write(spark.sql(query)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("column '")
        .hasMessageContaining("cannot keep; cast it to another");
  }

  /** Arrow keeps one of them. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT named_struct('x', 1, 'x', 2) AS s",
        "SELECT array(map('k', named_struct('x', 1, 'x', 2))) AS s"
      })
  void write_twoFieldsOfOneName_isRefusedWithTheColumn(String query) {
    assertThatThrownBy(() -> write(spark.sql(query)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("column 's")
        .hasMessageContaining("two fields 'x'");
  }

  @Test
  void write_charThatSparkIsToldToKeepAsSuch_isRefusedWithTheColumn() {
    SparkSession telling = spark.newSession();
    telling.conf().set("spark.sql.preserveCharVarcharTypeInfo", "true");

    assertThatThrownBy(() -> write(telling.sql("SELECT CAST('a' AS CHAR(3)) AS c")))
        .hasMessageContaining("column 'c' is of type CHAR(3), which a table cannot keep");
  }

  @Test
  void write_twoColumnsOfOneName_isRefused() {
    assertThatThrownBy(() -> write(spark.sql("SELECT 1 AS a, 2 AS a")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two columns 'a'");
  }

  private static List<ArrowType> typesThatSparkHasNot() {
    return List.of(
        new ArrowType.Int(32, false),
        new ArrowType.FloatingPoint(FloatingPointPrecision.HALF),
        new ArrowType.Decimal(50, 2, 256),
        new ArrowType.Date(DateUnit.MILLISECOND),
        new ArrowType.Time(TimeUnit.MICROSECOND, 64),
        new ArrowType.Timestamp(TimeUnit.MILLISECOND, null),
        new ArrowType.Timestamp(TimeUnit.NANOSECOND, "UTC"),
        new ArrowType.Duration(TimeUnit.SECOND),
        new ArrowType.Interval(IntervalUnit.YEAR_MONTH),
        new ArrowType.FixedSizeBinary(4));
  }

  /** A table without rows, as somebody made it whose types are Arrow's. */
  private static PartitionRef pieceOf(Field... columns) {
    Schema schema = new Schema(List.of(columns));
    return new PartitionRef(
        TableDigest.empty(schema).content(),
        "arrow/1",
        0,
        0,
        Bytes.wrap(schema.serializeAsMessage()),
        new Location.Inline(Bytes.EMPTY));
  }

  private static Field column(String name, ArrowType type, Field... children) {
    return new Field(name, FieldType.nullable(type), List.of(children));
  }

  @ParameterizedTest
  @MethodSource("typesThatSparkHasNot")
  void read_tableOfATypeThatSparkHasNot_isRefusedWithTheColumn(ArrowType type) {
    List<PartitionRef> plain = List.of(pieceOf(column("u", type)));
    List<PartitionRef> nested =
        List.of(pieceOf(column("s", ArrowType.Struct.INSTANCE, column("u", type))));

    assertThatThrownBy(() -> tables.read(spark, plain))
        .hasMessageContaining("column 'u' is of Arrow's type " + type)
        .hasMessageContaining("which Spark does not have");
    assertThatThrownBy(() -> tables.read(spark, nested)).hasMessageContaining("column 's.u'");
  }

  @Test
  void read_tableOfTwoColumnsOfOneName_isRefused() {
    Field a = column("a", ArrowType.Utf8.INSTANCE);

    assertThatThrownBy(() -> tables.read(spark, List.of(pieceOf(a, a))))
        .hasMessageContaining("two columns 'a'");
    assertThatThrownBy(
            () ->
                tables.read(spark, List.of(pieceOf(column("s", ArrowType.Struct.INSTANCE, a, a)))))
        .hasMessageContaining("column 's' has two fields 'a'");
  }

  /** Fault 64. */
  @Test
  void read_tableWithoutRows_hasItsColumns() {
    Manifest some = write(spark.range(0).toDF());
    Manifest none = write(spark.createDataFrame(List.<Row>of(), spark.range(1).schema()));

    assertThat(some.shape()).isEqualTo(Shape.ONE);
    assertThat(some.content()).isEqualTo(none.content());
    assertThat(read(some).columns()).containsExactly("id");
    assertThat(read(none).count()).isZero();
  }

  @Test
  @Shows("Fault 64")
  void read_tableWithoutColumns_hasItsRows() throws Exception {
    Manifest manifest = write(spark.range(5).select());

    assertThat(read(manifest).count()).isEqualTo(5);
    assertThat(read(manifest).columns()).isEmpty();
    try (ArrowTable table = arrow(manifest)) {
      assertThat(table.rowCount()).isEqualTo(5);
    }
  }

  @Test
  void content_sameRowsInOtherPieces_isTheSame() throws Exception {
    Dataset<Row> rows = spark.range(1000).withColumn("text", functions.expr("'t' || id % 7"));

    Manifest one = write(rows.coalesce(1));
    Manifest seven = write(rows.repartition(7));

    assertThat(one.shape()).isEqualTo(Shape.ONE);
    assertThat(seven.shape()).isEqualTo(Shape.PIECES);
    assertThat(seven.partitions()).hasSize(7);
    assertThat(seven.content()).isEqualTo(one.content());
    try (ArrowTable table = arrow(seven)) {
      assertThat(table.content()).isEqualTo(one.content());
    }
  }

  @Test
  void content_orderMatters_rowsAndCutCount() {
    Dataset<Row> rows = spark.range(0, 100, 1, 2).toDF();

    Manifest first = write(rows, 0, RowOrder.SIGNIFICANT);

    assertThat(write(rows, 0, RowOrder.SIGNIFICANT).content()).isEqualTo(first.content());
    assertThat(write(rows.orderBy(functions.desc("id")), 0, RowOrder.SIGNIFICANT).content())
        .isNotEqualTo(first.content());
    assertThat(first.partitions()).allMatch(piece -> piece.codec().equals("arrow-ordered/1"));
  }

  @Test
  @Shows("Fault 64")
  void write_emptyPartitions_leaveNoPieces() throws Exception {
    Manifest manifest = write(spark.range(0, 2, 1, 2).toDF().repartition(20, functions.col("id")));

    assertThat(manifest.partitions().size()).isBetween(1, 2);
    assertThat(manifest.partitions()).allMatch(piece -> piece.rows() > 0);
    assertThat(temporaries()).isEqualTo(manifest.partitions().size());
  }

  private long temporaries() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().contains("attempt" + written + "-")).count();
    }
  }

  @Test
  void write_smallPieces_areInline() throws Exception {
    Manifest manifest = write(spark.range(0, 10, 1, 2).toDF(), 10_000, RowOrder.ANY);

    assertThat(manifest.partitions())
        .hasSize(2)
        .allMatch(piece -> piece.location() instanceof Location.Inline);
    assertThat(read(manifest).count()).isEqualTo(10);
    assertThat(temporaries()).isZero();
  }

  @Test
  void read_someColumnsInAnotherOrder_areThose() {
    Manifest manifest = write(spark.sql("SELECT 1 AS a, 'x' AS b, named_struct('c', 2) AS s"));

    assertThat(read(manifest).select("s.c", "a").collectAsList().toString()).isEqualTo("[[2,1]]");
    assertThat(read(manifest).filter("b = 'x'").select("a").count()).isEqualTo(1);
  }

  @Test
  void read_ofATableOfManyBatches_hasAllRows() {
    Dataset<Row> rows = spark.range(100_000).withColumn("text", functions.expr("repeat('x', 200)"));

    Manifest manifest = write(rows);

    assertThat(manifest.partitions().stream().mapToLong(PartitionRef::rows).sum())
        .isEqualTo(100_000);
    assertThat(
            read(manifest)
                .agg(functions.expr("sum(id)"), functions.expr("sum(length(text))"))
                .first()
                .toString())
        .isEqualTo("[4999950000,20000000]");
  }

  @Test
  void read_madeByAnArrowStep_isTheTable() throws Exception {
    try (ArrowTable table =
            ArrowTable.builder(Columns.schema(Columns.text("name"), Columns.int64("n")))
                .row("a", 1)
                .row(null, 2)
                .build();
        var out = store.write("run", "1", 0)) {
      var encoded = Codecs.of(List.of()).encode(table, out);
      PartitionRef piece =
          new PartitionRef(
              encoded.content(), "arrow/1", out.written(), 2, encoded.schema(), out.finish());

      Dataset<Row> read = tables.read(spark, List.of(piece));

      assertThat(rows(read)).containsExactly("{\"n\":2}", "{\"name\":\"a\",\"n\":1}");
      assertThat(write(read).content()).isEqualTo(table.content());
    }
  }
}
