package dev.reprise.cli.result;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.reprise.cache.base.Text;
import dev.reprise.cli.base.CommandException;
import dev.reprise.cli.base.ExitCode;
import java.io.IOException;
import java.io.Writer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** JSON lines: an object for each row. */
final class JsonSink implements TableSink {
  private final JsonGenerator json;

  /**
   * @throws CommandException if two columns, or two fields of a struct, have one name: readers of
   *     JSON keep one of them
   */
  JsonSink(Schema schema, Writer to) throws IOException, CommandException {
    checkNames(schema.getFields(), "columns", "csv or arrow");
    this.json = JsonValues.lines(to);
  }

  private static void checkNames(List<Field> fields, String what, String others)
      throws CommandException {
    Set<String> names = new HashSet<>();
    for (Field field : fields) {
      if (!names.add(field.getName())) {
        throw new CommandException(
            ExitCode.USAGE,
            "two %s of the name %s cannot be written as JSON; use --format %s"
                .formatted(what, Text.quote(field.getName()), others));
      }
      checkNames(field.getChildren(), "fields", "arrow");
    }
  }

  @Override
  public void write(VectorSchemaRoot batch) throws IOException {
    for (int row = 0; row < batch.getRowCount(); row++) {
      json.writeStartObject();
      for (FieldVector column : batch.getFieldVectors()) {
        json.writeFieldName(column.getName());
        JsonValues.write(json, Cells.of(column, row));
      }
      json.writeEndObject();
      json.writeRaw('\n');
    }
  }

  @Override
  public void finish() throws IOException {
    json.flush();
  }
}
