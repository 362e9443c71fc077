package dev.reprise.cli.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cli.base.CommandException;
import java.io.OutputStream;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.impl.UnionListWriter;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParquetSinkTest {
  @TempDir Path folder;

  private static final Schema COLUMNS =
      new Schema(
          List.of(
              Field.nullable("a \"name\"", ArrowType.Utf8.INSTANCE),
              Field.nullable("whole", new ArrowType.Int(64, true)),
              Field.nullable("unsigned", new ArrowType.Int(32, false)),
              Field.nullable("real", new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE)),
              Field.nullable("decimal", new ArrowType.Decimal(20, 2, 128)),
              Field.nullable("day", new ArrowType.Date(DateUnit.DAY)),
              Field.nullable("at", new ArrowType.Timestamp(TimeUnit.MICROSECOND, "UTC")),
              Field.nullable("bytes", ArrowType.Binary.INSTANCE),
              new Field(
                  "list",
                  FieldType.nullable(ArrowType.List.INSTANCE),
                  List.of(Field.nullable("item", new ArrowType.Int(32, true))))));

  private Path write(VectorSchemaRoot... batches) throws Exception {
    Path file = folder.resolve("out.parquet");
    try (OutputStream to = Files.newOutputStream(file);
        ParquetSink sink = new ParquetSink(COLUMNS, to)) {
      for (VectorSchemaRoot batch : batches) {
        sink.write(batch);
      }
      sink.finish();
    }
    return file;
  }

  private static List<String> query(String sql) throws Exception {
    List<String> rows = new ArrayList<>();
    try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duckdb.createStatement()) {
      statement.execute("SET TimeZone = 'UTC'");
      try (ResultSet result = statement.executeQuery(sql)) {
        while (result.next()) {
          List<String> cells = new ArrayList<>();
          for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
            cells.add(result.getString(i));
          }
          rows.add(String.join("|", cells.stream().map(String::valueOf).toList()));
        }
      }
    }
    return rows;
  }

  /** DuckDB tells no capital letters apart, and has neither tables without columns nor names. */
  @ParameterizedTest
  @CsvSource({
    "'', a table without columns",
    "'a,a', 'two columns of the name ''a'', capital letters aside,'",
    "'a,A', 'two columns of the name ''A'', capital letters aside,'",
    "'a,,b', a column without a name",
  })
  void create_namesThatDuckDbCannotKeep_areRefusedWithTheWayOut(String names, String what) {
    List<Field> columns = new ArrayList<>();
    for (String name : names.isEmpty() ? new String[0] : names.split(",")) {
      columns.add(Field.nullable(name, ArrowType.Utf8.INSTANCE));
    }
    assertThatThrownBy(() -> new ParquetSink(new Schema(columns), OutputStream.nullOutputStream()))
        .isInstanceOf(CommandException.class)
        .hasMessage(what + " cannot be written as Parquet here; use --format arrow");
  }

  @Test
  void write_columnsOfManyTypes_comeOutAsTheyWentIn() throws Exception {
    try (RootAllocator allocator = new RootAllocator();
        VectorSchemaRoot rows = VectorSchemaRoot.create(COLUMNS, allocator)) {
      rows.allocateNew();
      ((VarCharVector) rows.getVector(0)).setSafe(0, "x, \"y\"".getBytes(StandardCharsets.UTF_8));
      ((BigIntVector) rows.getVector(1)).setSafe(0, Long.MIN_VALUE);
      ((UInt4Vector) rows.getVector(2)).setSafe(0, -1);
      ((Float8Vector) rows.getVector(3)).setSafe(0, Double.NaN);
      ((DecimalVector) rows.getVector(4)).setSafe(0, new BigDecimal("-12.30"));
      ((DateDayVector) rows.getVector(5)).setSafe(0, -1);
      ((TimeStampMicroTZVector) rows.getVector(6)).setSafe(0, 1_500_000);
      ((VarBinaryVector) rows.getVector(7)).setSafe(0, new byte[] {1, 2});
      UnionListWriter list = ((ListVector) rows.getVector(8)).getWriter();
      list.setPosition(0);
      list.startList();
      list.writeInt(7);
      list.endList();
      rows.setRowCount(2); // the second has nulls alone

      Path file = write(rows);

      assertThat(
              query(
                  "SELECT \"a \"\"name\"\"\", whole, unsigned, real, decimal, day, epoch_us(\"at\"),"
                      + " hex(bytes), list FROM '"
                      + file
                      + "'"))
          .containsExactly(
              "x, \"y\"|-9223372036854775808|4294967295|NaN|-12.30|1969-12-31|1500000|0102|[7]",
              "null|null|null|null|null|null|null|null|null");
      assertThat(query("SELECT column_type FROM (DESCRIBE SELECT * FROM '" + file + "')"))
          .containsExactly(
              "VARCHAR",
              "BIGINT",
              "UINTEGER",
              "DOUBLE",
              "DECIMAL(20,2)",
              "DATE",
              "TIMESTAMP WITH TIME ZONE",
              "BLOB",
              "INTEGER[]");
    }
  }

  @Test
  void write_noRows_isATableWithColumns() throws Exception {
    Path file = write();

    assertThat(query("SELECT count(*) FROM '" + file + "'")).containsExactly("0");
    assertThat(query("SELECT column_name FROM (DESCRIBE SELECT * FROM '" + file + "')"))
        .hasSize(COLUMNS.getFields().size());
  }

  @Test
  void open_structOfTwoFieldsOfOneName_isRefused() {
    Field a = Field.nullable("a", ArrowType.Utf8.INSTANCE);
    Schema twice =
        new Schema(
            List.of(new Field("s", FieldType.nullable(ArrowType.Struct.INSTANCE), List.of(a, a))));
    assertThatThrownBy(() -> new ParquetSink(twice, OutputStream.nullOutputStream()))
        .hasMessage(
            "two fields of the name 'a', capital letters aside, cannot be written as Parquet here;"
                + " use --format arrow");
    assertThatThrownBy(() -> new JsonSink(twice, Writer.nullWriter()))
        .hasMessage("two fields of the name 'a' cannot be written as JSON; use --format arrow");
    Schema none =
        new Schema(
            List.of(new Field("s", FieldType.nullable(ArrowType.Struct.INSTANCE), List.of())));
    assertThatThrownBy(() -> new ParquetSink(none, OutputStream.nullOutputStream()))
        .hasMessageStartingWith("a struct without fields cannot be written");
  }

  @Test
  void open_jsonOfTwoColumnsOfOneName_isRefused() {
    Field column = Field.nullable("a", ArrowType.Utf8.INSTANCE);
    assertThatThrownBy(() -> new JsonSink(new Schema(List.of(column, column)), Writer.nullWriter()))
        .isInstanceOf(CommandException.class)
        .hasMessage(
            "two columns of the name 'a' cannot be written as JSON; use --format csv or arrow");
  }

  @Test
  void open_columnThatWouldLoseSomething_isRefusedByName() {
    Schema nanos =
        new Schema(
            List.of(Field.nullable("at", new ArrowType.Timestamp(TimeUnit.NANOSECOND, "UTC"))));

    assertThatThrownBy(() -> new ParquetSink(nanos, OutputStream.nullOutputStream()))
        .isInstanceOf(CommandException.class)
        .hasMessage(
            "column 'at' is of type Timestamp(NANOSECOND, UTC), which cannot be written as Parquet"
                + " here without loss; use --format arrow");
  }
}
