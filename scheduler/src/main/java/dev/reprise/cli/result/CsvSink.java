package dev.reprise.cli.result;

import java.io.IOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Comma-separated values: a header, quotes where they are needed. Null is nothing and empty text is
 * {@code ""}; bytes are in base 64, lists and structs in JSON. Lines end as Unix likes them.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc4180">RFC 4180</a>
 */
final class CsvSink implements TableSink {
  private final Writer to;

  CsvSink(Schema schema, Writer to) throws IOException {
    this.to = to;
    writeLine(schema.getFields().stream().map(Field::getName).iterator());
  }

  @Override
  public void write(VectorSchemaRoot batch) throws IOException {
    List<FieldVector> columns = batch.getFieldVectors();
    for (int i = 0; i < batch.getRowCount(); i++) {
      int row = i;
      writeLine(columns.stream().map(column -> text(Cells.of(column, row))).iterator());
    }
  }

  /** The cell as text; null for null. */
  static @Nullable String text(@Nullable Object cell) {
    if (cell instanceof byte[] bytes) {
      return Base64.getEncoder().encodeToString(bytes);
    } else if (cell instanceof BigDecimal decimal) {
      return decimal.toPlainString();
    } else if (cell instanceof List<?> || cell instanceof Map<?, ?>) {
      return JsonValues.line(cell);
    }
    return cell == null ? null : cell.toString();
  }

  private void writeLine(Iterator<@Nullable String> cells) throws IOException {
    while (cells.hasNext()) {
      String cell = cells.next();
      if (cell != null) {
        to.write(quoted(cell));
      }
      to.write(cells.hasNext() ? ',' : '\n');
    }
  }

  private static String quoted(String cell) {
    boolean plain =
        !cell.isEmpty()
            && cell.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? cell : '"' + cell.replace("\"", "\"\"") + '"';
  }

  @Override
  public void finish() {}
}
