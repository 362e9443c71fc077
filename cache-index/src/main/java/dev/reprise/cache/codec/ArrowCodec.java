package dev.reprise.cache.codec;

import dev.reprise.cache.store.Payload;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * Tables, as Arrow IPC files, so that who maps them into memory and who streams them can both read
 * them. The content digest is made while writing.
 */
final class ArrowCodec implements Codec {
  static final String ID = "arrow/1";

  /**
   * Of tables the order of whose rows is part of what they mean. The bytes are of the same form.
   */
  static final String ORDERED_ID = "arrow-ordered/1";

  private final RowOrder order;

  ArrowCodec(RowOrder order) {
    this.order = order;
  }

  @Override
  public String id() {
    return order == RowOrder.ANY ? ID : ORDERED_ID;
  }

  @Override
  public boolean accepts(@Nullable Object value) {
    return value instanceof ArrowTable;
  }

  @Override
  public Encoded encode(@Nullable Object value, OutputStream to) throws IOException {
    if (!(value instanceof ArrowTable table)) {
      throw new NoCodecException("only an ArrowTable can be kept as a table");
    }
    try (TableWriter writer = new TableWriter(table.schema(), order, to);
        ArrowTable.Use use = table.use()) {
      for (VectorSchemaRoot batch : use.batches()) {
        writer.writeClean(batch);
      }
      return writer.finish();
    }
  }

  @Override
  public ArrowTable decode(Payload payload) throws IOException {
    return TableFile.read(List.of(payload));
  }
}
