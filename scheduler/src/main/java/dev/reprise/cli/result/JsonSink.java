package dev.reprise.cli.result;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/** JSON lines: an object for each row. */
final class JsonSink implements TableSink {
  private final JsonGenerator json;

  JsonSink(Writer to) throws IOException {
    this.json = JsonValues.lines(to);
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
