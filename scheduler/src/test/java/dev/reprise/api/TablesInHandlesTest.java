package dev.reprise.api;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.codec.ArrowTable;
import dev.reprise.cache.codec.Columns;
import dev.reprise.graph.PipelineException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A handle on a table can be taken as another class of table, and on nothing else. */
class TablesInHandlesTest {
  @Test
  void as_table_isThatTable() {
    Pipeline.define(
        "tables",
        p -> {
          Value<ArrowTable> table = p.step("table", task(TablesInHandlesTest::table));
          Value<ArrowTable> same = table.as(ArrowTable.class);
          p.result("rows", p.step("rows", task(TablesInHandlesTest::rows), same));
        });
  }

  @Test
  void as_noTable_isRefusedByNameAndClass() {
    assertThatThrownBy(
            () ->
                Pipeline.define(
                    "words",
                    p -> p.step("word", task(TablesInHandlesTest::word)).as(ArrowTable.class)))
        .isInstanceOf(PipelineException.class)
        .hasMessage(
            "'word' gives java.lang.String, which cannot be taken as"
                + " dev.reprise.cache.codec.ArrowTable: only tables are the same in another class");
  }

  @Test
  void as_tableAsSomethingElse_isRefused() {
    assertThatThrownBy(
            () ->
                Pipeline.define(
                    "tables",
                    p -> {
                      Value<String> wrong =
                          p.step("table", task(TablesInHandlesTest::table)).as(String.class);
                      p.result("wrong", wrong);
                    }))
        .isInstanceOf(PipelineException.class)
        .hasMessageContaining("cannot be taken as java.lang.String");
  }

  @Test
  void as_allPartitionsAtOnce_saysWhatToWrite() {
    assertThatThrownBy(
            () ->
                Pipeline.define(
                    "tables",
                    p -> {
                      Partitions<ArrowTable> tables =
                          p.fanOut("tables", task(() -> List.of(table())));
                      Value<ArrowTable> wrong = tables.all().as(ArrowTable.class);
                      p.result("wrong", wrong);
                    }))
        .isInstanceOf(PipelineException.class)
        .hasMessageContaining("partitions.as(...).all()");
  }

  static ArrowTable table() {
    return ArrowTable.builder(Columns.schema(Columns.int32("n"))).row(1).build();
  }

  static long rows(ArrowTable table) {
    return table.rowCount();
  }

  static String word() {
    return "word";
  }
}
