package dev.reprise.cache.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.UnionMode;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;

class ArrowTableTest {
  private static final Schema AIRPORTS =
      Columns.schema(Columns.text("origin"), Columns.int64("flights"), Columns.float64("delay"));

  private static ArrowTable airports() {
    return ArrowTable.builder(AIRPORTS)
        .row("ATL", 3, 2.5)
        .row("ORD", 1, null)
        .row(null, null, -0.0)
        .build();
  }

  @Test
  void rows_cellsOfManyTypes_areJavasOwn() {
    Schema schema =
        Columns.schema(
            Columns.text("text"),
            Columns.bool("bool"),
            Columns.int32("int"),
            Columns.decimal("decimal", 10, 2),
            Columns.binary("binary"),
            Columns.date("date"),
            Columns.instant("instant"),
            Columns.dateTime("time"),
            Columns.list("list", Columns.int64("element")),
            Columns.struct("struct", Columns.text("a"), Columns.list("b", Columns.text("e"))));
    Object[] cells = {
      "text \ud83d\ude00",
      true,
      -5,
      new BigDecimal("12.30"),
      new byte[] {1, 2},
      LocalDate.of(1969, 7, 20),
      Instant.ofEpochSecond(-1, 999_999_000),
      LocalDateTime.of(2001, 3, 1, 12, 0, 0, 1000),
      Arrays.asList(1L, null, 3L),
      Map.of("a", "x", "b", List.of("y", "z"))
    };

    try (ArrowTable table =
        ArrowTable.builder(schema).row(cells).row(new Object[cells.length]).build()) {
      List<TableRow> rows = new ArrayList<>();
      table.rows().forEach(rows::add);

      for (int i = 0; i < cells.length; i++) {
        String name = schema.getFields().get(i).getName();
        assertThat(rows.get(0).get(name)).as(name).isEqualTo(cells[i]);
        assertThat(rows.get(1).isNull(name)).as(name).isTrue();
      }
    }
  }

  @Test
  void row_cellByTypeAndByName_orTheReason() {
    try (ArrowTable table = airports()) {
      TableRow row = table.rows().iterator().next();

      assertThat(row.getString("origin")).isEqualTo("ATL");
      assertThat(row.getLong("flights")).isEqualTo(3);
      assertThat(row.getDouble("delay")).isEqualTo(2.5);
      assertThat(row).hasToString("{origin=ATL, flights=3, delay=2.5}");
      assertThatThrownBy(() -> row.get("from"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("there is no column 'from'; there are [origin, flights, delay]");
      assertThatThrownBy(() -> row.getLong("origin"))
          .hasMessage("column 'origin' holds a String here, not a Number");
    }
  }

  @Test
  void toString_isBrief() {
    try (ArrowTable table = airports()) {
      assertThat(table)
          .hasToString(
              "ArrowTable[origin: Utf8, flights: Int(64, true), delay: FloatingPoint(DOUBLE);"
                  + " 3 rows]");
    }
  }

  @Test
  void build_cellThatDoesNotFit_isRefusedByRowAndColumn() {
    TableBuilder builder = ArrowTable.builder(AIRPORTS).row("ATL", 3, 1).row("ORD", "three", 1);

    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("row 1: String does not fit column 'flights' of type Int(64, true)");
    assertThatThrownBy(
            () -> ArrowTable.builder(Columns.schema(Columns.int32("i"))).row(1L << 31).build())
        .hasMessageStartingWith("row 0: Long does not fit column 'i'");
    assertThatThrownBy(
            () ->
                ArrowTable.builder(Columns.schema(Columns.decimal("d", 3, 1)))
                    .row(new BigDecimal("0.25"))
                    .build())
        .hasMessageStartingWith("row 0: BigDecimal does not fit column 'd'");
    assertThatThrownBy(() -> builder.row(1)).hasMessage("a row has 3 cells, this one 1");
  }

  @Test
  void copyOf_vectorsOfSomebodyElse_isIndependentOfThem() throws Exception {
    ArrowTable table;
    try (RootAllocator allocator = new RootAllocator();
        VectorSchemaRoot rows = VectorSchemaRoot.create(AIRPORTS, allocator)) {
      VarCharVector origin = (VarCharVector) rows.getVector("origin");
      BigIntVector flights = (BigIntVector) rows.getVector("flights");
      origin.setSafe(0, new byte[] {'A'});
      flights.setSafe(0, 7);
      rows.setRowCount(1);
      table = ArrowTable.copyOf(rows);
      flights.set(0, 8);
    }

    try (table) {
      assertThat(table.rows().iterator().next().getLong("flights")).isEqualTo(7);
    }
  }

  @Test
  void concat_tables_hasAllRowsInOrder() {
    try (ArrowTable one = airports();
        ArrowTable none = ArrowTable.builder(AIRPORTS).build();
        ArrowTable all = ArrowTable.concat(List.of(one, none, one))) {
      assertThat(all.rowCount()).isEqualTo(6);
      List<Object> origins = new ArrayList<>();
      all.rows().forEach(row -> origins.add(row.get("origin")));
      assertThat(origins).containsExactly("ATL", "ORD", null, "ATL", "ORD", null);
    }
  }

  @Test
  void concat_otherSchemaOrNothing_isRefused() {
    try (ArrowTable one = airports();
        ArrowTable other = ArrowTable.builder(Columns.schema(Columns.text("x"))).build()) {
      assertThatThrownBy(() -> ArrowTable.concat(List.of(one, other)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("tables of two schemas cannot be one");
      assertThatThrownBy(() -> ArrowTable.concat(List.of()))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void reader_allBatches_withoutCopying_andLongerThanTheTable() throws Exception {
    ArrowTable table;
    try (ArrowTable one = airports()) {
      table = ArrowTable.concat(List.of(one, one));
    }
    ArrowReader reader = table.reader();
    table.close();

    long rows = 0;
    List<Object> flights = new ArrayList<>();
    while (reader.loadNextBatch()) {
      rows += reader.getVectorSchemaRoot().getRowCount();
      flights.add(reader.getVectorSchemaRoot().getVector("flights").getObject(0));
    }
    reader.close();
    reader.close();

    assertThat(rows).isEqualTo(6);
    assertThat(flights).containsExactly(3L, 3L);
    assertThatThrownBy(table::reader).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void copyOf_readerOfATable_isTheSameTable() throws Exception {
    try (ArrowTable table = airports();
        ArrowReader reader = table.reader();
        ArrowTable copy = ArrowTable.copyOf(reader)) {
      assertThat(copy.content()).isEqualTo(table.content());
      assertThat(copy.schema()).isEqualTo(table.schema());
    }
  }

  @Test
  void close_twice_doesNoHarm_andUseAfterwardsIsRefused() {
    ArrowTable table = airports();
    TableRow row = table.rows().iterator().next();
    table.close();
    table.close();

    assertThatThrownBy(table::rows)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the table is closed");
    assertThatThrownBy(() -> row.get("origin")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> table.forEachBatch(batch -> {}))
        .isInstanceOf(IllegalStateException.class);
    assertThat(table.rowCount()).isEqualTo(3);
    assertThat(table.schema()).isEqualTo(AIRPORTS);
  }

  @Test
  void builder_typeThatTablesCannotKeep_isRefusedByColumn() {
    Field union =
        new Field(
            "inner",
            FieldType.nullable(new ArrowType.Union(UnionMode.Sparse, new int[] {0})),
            List.of(Columns.text("x")));

    assertThatThrownBy(() -> ArrowTable.builder(Columns.schema(Columns.struct("outer", union))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("column 'outer.inner' is of type Union")
        .hasMessageEndingWith("which a table cannot keep; cast it to another");
  }
}
