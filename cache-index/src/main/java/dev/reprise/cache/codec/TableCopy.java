package dev.reprise.cache.codec;

import static dev.reprise.cache.base.Checks.checkArgument;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** Makes tables by copying batches into memory of their own, dictionaries resolved. */
final class TableCopy {
  private static final DictionaryProvider NONE = new DictionaryProvider.MapDictionaryProvider();

  private TableCopy() {}

  static ArrowTable of(ArrowReader reader) throws IOException {
    VectorSchemaRoot rows = reader.getVectorSchemaRoot();
    TableMemory memory = new TableMemory(plain(rows.getSchema(), reader), Long.MAX_VALUE);
    try {
      while (reader.loadNextBatch()) {
        copy(rows, reader, memory);
      }
      return new ArrowTable(memory);
    } catch (IOException | RuntimeException | Error e) {
      memory.release();
      throw e;
    }
  }

  static ArrowTable of(VectorSchemaRoot rows) throws NoCodecException {
    TableMemory memory = new TableMemory(plain(rows.getSchema(), NONE), Long.MAX_VALUE);
    try {
      copy(rows, NONE, memory);
      return new ArrowTable(memory);
    } catch (RuntimeException | Error e) {
      memory.release();
      throw e;
    }
  }

  static ArrowTable of(List<ArrowTable> tables) {
    Schema schema = tables.get(0).schema();
    TableMemory memory = new TableMemory(schema, Long.MAX_VALUE);
    try {
      for (ArrowTable table : tables) {
        checkArgument(
            table.schema().equals(schema),
            "tables of two schemas cannot be one: %s and %s",
            tables.get(0),
            table);
        table.forEachBatch(memory::copy);
      }
      return new ArrowTable(memory);
    } catch (RuntimeException | Error e) {
      memory.release();
      throw e;
    }
  }

  private static void copy(
      VectorSchemaRoot rows, DictionaryProvider dictionaries, TableMemory memory) {
    if (rows.getRowCount() == 0) {
      return;
    }
    List<FieldVector> plain = new ArrayList<>();
    List<FieldVector> decoded = new ArrayList<>();
    try {
      for (FieldVector vector : rows.getFieldVectors()) {
        Dictionary dictionary = dictionary(vector.getField(), dictionaries);
        if (dictionary == null) {
          plain.add(vector);
        } else {
          FieldVector values =
              (FieldVector) DictionaryEncoder.decode(vector, dictionary, memory.allocator());
          decoded.add(values);
          plain.add(values);
        }
      }
      List<Field> fields = plain.stream().map(FieldVector::getField).toList();
      // not closed: the vectors are those of others, or closed below
      memory.copy(new VectorSchemaRoot(fields, plain, rows.getRowCount()));
    } finally {
      decoded.forEach(FieldVector::close);
    }
  }

  private static Schema plain(Schema schema, DictionaryProvider dictionaries)
      throws NoCodecException {
    List<Field> fields = new ArrayList<>();
    for (Field field : schema.getFields()) {
      Dictionary dictionary = dictionary(field, dictionaries);
      if (dictionary == null) {
        fields.add(field);
      } else {
        Field values = dictionary.getVector().getField();
        fields.add(
            new Field(
                field.getName(),
                new FieldType(field.isNullable(), values.getType(), null, field.getMetadata()),
                values.getChildren()));
      }
    }
    Schema plain = new Schema(fields, schema.getCustomMetadata());
    String refusal = TableTypes.refusal(plain);
    if (refusal != null) {
      throw new NoCodecException(refusal);
    }
    return plain;
  }

  private static @Nullable Dictionary dictionary(Field field, DictionaryProvider dictionaries) {
    DictionaryEncoding encoding = field.getDictionary();
    return encoding == null ? null : dictionaries.lookup(encoding.getId());
  }
}
