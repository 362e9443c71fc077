package dev.reprise.cli.result;

import static java.util.Objects.requireNonNullElse;

import dev.reprise.cli.base.AlignedRows;
import dev.reprise.cli.base.AlignedRows.Column;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;

/** Columns for the eye: numbers at the right, null as nothing. */
final class TextSink implements TableSink {
  private final AlignedRows rows;

  TextSink(Schema schema, Writer to) throws IOException {
    rows =
        new AlignedRows(
            to,
            schema.getFields().stream()
                .map(field -> new Column(field.getName(), Cells.isNumber(field.getType())))
                .toList());
  }

  @Override
  public void write(VectorSchemaRoot batch) throws IOException {
    List<FieldVector> columns = batch.getFieldVectors();
    for (int i = 0; i < batch.getRowCount(); i++) {
      int row = i;
      rows.row(
          columns.stream()
              .map(column -> requireNonNullElse(CsvSink.text(Cells.of(column, row)), ""))
              .toList());
    }
  }

  @Override
  public void finish() throws IOException {
    rows.end();
  }
}
