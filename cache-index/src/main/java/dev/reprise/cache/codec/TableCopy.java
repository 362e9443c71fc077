package dev.reprise.cache.codec;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.compression.NoCompressionCodec;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Copies batches of any allocator into memory of a new table. What is not finished is freed by
 * {@link #close}.
 */
final class TableCopy implements AutoCloseable {
  private final List<VectorSchemaRoot> batches = new ArrayList<>();
  private @Nullable BufferAllocator allocator;
  private Schema schema = new Schema(List.of());
  private Map<Long, Dictionary> dictionaries = Map.of();

  /** Begins a table of this schema; columns with a dictionary become plain ones. */
  void begin(Schema source, Map<Long, Dictionary> sourceDictionaries) {
    dictionaries = sourceDictionaries;
    List<Field> plain = new ArrayList<>();
    for (Field field : source.getFields()) {
      plain.add(field.getDictionary() == null ? field : decoded(field));
    }
    schema = new Schema(plain, source.getCustomMetadata());
    ArrowTypes.check(schema);
    allocator = ArrowMemory.child("table");
  }

  private Field decoded(Field field) {
    Dictionary dictionary = dictionaries.get(field.getDictionary().getId());
    if (dictionary == null) {
      throw new IllegalArgumentException(
          "column '" + field.getName() + "' is encoded by a dictionary that is not there");
    }
    Field values = dictionary.getVector().getField();
    return new Field(
        field.getName(),
        new FieldType(field.isNullable(), values.getType(), null, field.getMetadata()),
        values.getChildren());
  }

  /** Copies a batch, which stays the caller's. */
  void add(VectorSchemaRoot batch) {
    BufferAllocator own = requireNonNull(allocator, "begin() comes first");
    List<FieldVector> decoded = new ArrayList<>();
    List<FieldVector> plain = new ArrayList<>();
    try {
      for (FieldVector vector : batch.getFieldVectors()) {
        if (vector.getField().getDictionary() == null) {
          plain.add(vector);
        } else {
          Dictionary dictionary =
              requireNonNull(dictionaries.get(vector.getField().getDictionary().getId()));
          FieldVector values = (FieldVector) DictionaryEncoder.decode(vector, dictionary, own);
          decoded.add(values);
          plain.add(values);
        }
      }
      copy(new VectorSchemaRoot(schema, plain, batch.getRowCount()), own);
    } finally {
      decoded.forEach(FieldVector::close);
    }
  }

  private void copy(VectorSchemaRoot source, BufferAllocator own) {
    VectorSchemaRoot target = VectorSchemaRoot.create(schema, own);
    batches.add(target);
    List<ArrowBuf> buffers = new ArrayList<>();
    try (ArrowRecordBatch given = new VectorUnloader(source).getRecordBatch()) {
      for (ArrowBuf buffer : given.getBuffers()) {
        long size = buffer.readableBytes();
        ArrowBuf copy = own.buffer(size);
        buffers.add(copy);
        copy.setBytes(0, buffer, 0, size);
        copy.writerIndex(size);
      }
      try (ArrowRecordBatch taken =
          new ArrowRecordBatch(
              given.getLength(),
              given.getNodes(),
              buffers,
              NoCompressionCodec.DEFAULT_BODY_COMPRESSION,
              given.getVariadicBufferCounts(),
              true)) {
        new VectorLoader(target).load(taken);
      }
    } finally {
      buffers.forEach(ArrowBuf::close);
    }
    target.getFieldVectors().forEach(TableCopy::clearUnderNulls);
  }

  /** Arrow leaves what lies under a null to chance, and it may be somebody's data. */
  private static void clearUnderNulls(FieldVector vector) {
    if (vector instanceof BaseFixedWidthVector fixed
        && !(vector instanceof BitVector)
        && fixed.getNullCount() > 0) {
      int width = fixed.getTypeWidth();
      for (int i = 0; i < fixed.getValueCount(); i++) {
        if (fixed.isNull(i)) {
          fixed.getDataBuffer().setZero((long) i * width, width);
        }
      }
    }
    vector.getChildrenFromFields().forEach(TableCopy::clearUnderNulls);
  }

  /** Returns the table; what it holds is no longer this copy's. */
  ArrowTable finish() {
    ArrowTable table =
        new ArrowTable(requireNonNull(allocator, "begin() comes first"), schema, batches);
    allocator = null;
    batches.clear();
    return table;
  }

  @Override
  public void close() {
    batches.forEach(VectorSchemaRoot::close);
    batches.clear();
    if (allocator != null) {
      allocator.close();
      allocator = null;
    }
  }
}
