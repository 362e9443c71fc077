package dev.reprise.cache.codec;

import dev.reprise.cache.store.MappedBytes;
import dev.reprise.cache.store.Payload;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.TypeLayout;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Reads a table, or a piece of one, batch by batch, and of it the columns that are wanted: for who
 * reads tables that are larger than memory. Bytes of other columns are passed over, and large
 * batches of values of fixed width are not copied: they are checked and used where they lie.
 * Belongs to one thread.
 */
public final class TableStream implements AutoCloseable {
  private static final Mapping MAPPING = new Mapping(1 << 20, 1 << 16, 1 << 19);

  private final TableFile file;
  private final BufferAllocator allocator;
  private final Mapping mapping;
  private final BitSet wanted = new BitSet();
  private final boolean mappable;
  private final VectorSchemaRoot batch;
  private @Nullable MappedBatch mapped;

  /**
   * How batches are mapped.
   *
   * @param fromBytes smaller ones are read: to map memory and to let go of it costs as much
   * @param rows of the first piece, a multiple of 8: half a chunk of numbers, whole bytes of bits
   * @param mostRows of a piece; each has twice as many rows as the one before, up to this
   */
  record Mapping(long fromBytes, int rows, int mostRows) {}

  /** Bytes of a batch's body. */
  record Stretch(long offset, long length) {}

  /** Where a column of a batch is. */
  record Column(Field field, List<ArrowFieldNode> nodes, List<Stretch> buffers) {}

  private TableStream(
      TableFile file, BufferAllocator allocator, Predicate<String> columns, Mapping mapping) {
    this.file = file;
    this.mapping = mapping;
    this.allocator = allocator;
    List<Field> all = file.schema().getFields();
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (columns.test(all.get(i).getName())) {
        wanted.set(i);
        fields.add(all.get(i));
      }
    }
    mappable = !fields.isEmpty() && fields.stream().allMatch(MappedBatch::fits);
    batch = VectorSchemaRoot.create(new Schema(fields), allocator);
  }

  /**
   * Opens a table.
   *
   * @param columns which are wanted, by name
   * @throws UndecodableException if the bytes are no table; also from {@link #next}
   */
  public static TableStream open(Payload payload, Predicate<String> columns) throws IOException {
    return open(payload, columns, MAPPING);
  }

  static TableStream open(Payload payload, Predicate<String> columns, Mapping mapping)
      throws IOException {
    BufferAllocator allocator = TableMemory.open(TableFile.memoryLimit(payload.size()));
    TableFile file = null;
    TableStream stream = null;
    try {
      file = TableFile.open(payload);
      stream = new TableStream(file, allocator, columns, mapping);
      return stream;
    } catch (RuntimeException e) {
      throw TableFile.unreadable(e);
    } finally {
      if (stream == null) {
        allocator.close();
        if (file != null) {
          file.close();
        }
      }
    }
  }

  /**
   * The rows that {@link #next} read, in the wanted columns, in the table's order. Always the same
   * object; its memory is this stream's and must not be written.
   */
  public VectorSchemaRoot batch() {
    return batch;
  }

  /**
   * Reads the next rows, which take the place of those before: a batch as it was written or, of a
   * large one, some.
   *
   * @return false if there are no more
   */
  public boolean next() throws IOException {
    batch.clear();
    try (ArrowRecordBatch rows = nextRows()) {
      if (rows == null) {
        return false;
      }
      new VectorLoader(batch).load(rows);
      TableFile.check(batch);
      return true;
    } catch (EOFException e) {
      throw new UndecodableException("the table ends too early", e);
    } catch (RuntimeException e) {
      throw TableFile.unreadable(e);
    }
  }

  private @Nullable ArrowRecordBatch nextRows() throws IOException {
    ArrowRecordBatch piece = mapped == null ? null : mapped.next();
    if (piece != null) {
      return piece;
    }
    leaveMapped();
    Message head = file.nextRows();
    if (head == null) {
      return null;
    }
    RecordBatch rows = (RecordBatch) head.header(new RecordBatch());
    if (rows == null || rows.compression() != null) {
      throw new UndecodableException("the table is compressed in a way of another version's");
    }
    int count = Math.toIntExact(rows.length());
    List<Column> columns = wantedOf(rows, head.bodyLength());
    if (mappable && head.bodyLength() >= mapping.fromBytes()) {
      Optional<MappedBytes> memory = file.map(head.bodyLength());
      if (memory.isPresent()) {
        mapped = map(memory.get(), columns, count);
        return mapped.next();
      }
    }
    return read(count, columns, head.bodyLength());
  }

  private MappedBatch map(MappedBytes memory, List<Column> columns, int rows) throws IOException {
    try {
      return new MappedBatch(memory, allocator, columns, rows, mapping);
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
  }

  /** Lets go of a mapped batch, whose rows were all handed out, and passes over its bytes. */
  private void leaveMapped() throws IOException {
    if (mapped != null) {
      long size = mapped.size();
      mapped.close();
      mapped = null;
      file.skip(size);
    }
  }

  /** What of a batch's body belongs to wanted columns. */
  private List<Column> wantedOf(RecordBatch rows, long bodyLength) throws IOException {
    List<Column> columns = new ArrayList<>();
    long position = 0;
    int node = 0;
    int buffer = 0;
    List<Field> fields = file.schema().getFields();
    for (int i = 0; i < fields.size(); i++) {
      int nodeEnd = node + nodes(fields.get(i));
      int bufferEnd = buffer + buffers(fields.get(i));
      if (wanted.get(i)) {
        Column column = new Column(fields.get(i), new ArrayList<>(), new ArrayList<>());
        for (; node < nodeEnd; node++) {
          FieldNode found = rows.nodes(node);
          column.nodes().add(new ArrowFieldNode(found.length(), found.nullCount()));
        }
        for (; buffer < bufferEnd; buffer++) {
          Buffer found = rows.buffers(buffer);
          long end = Math.addExact(found.offset(), found.length());
          if (found.offset() < position || found.length() < 0 || end > bodyLength) {
            throw new UndecodableException("the table has columns that lie outside of it");
          }
          column.buffers().add(new Stretch(found.offset(), found.length()));
          position = end;
        }
        columns.add(column);
      }
      node = nodeEnd;
      buffer = bufferEnd;
    }
    if (node != rows.nodesLength() || buffer != rows.buffersLength()) {
      throw new UndecodableException("the table has rows of another schema than its own");
    }
    return columns;
  }

  private ArrowRecordBatch read(int count, List<Column> columns, long bodyLength)
      throws IOException {
    List<ArrowFieldNode> nodes = new ArrayList<>();
    List<ArrowBuf> read = new ArrayList<>();
    try {
      long position = 0;
      for (Column column : columns) {
        nodes.addAll(column.nodes());
        for (Stretch buffer : column.buffers()) {
          file.skip(buffer.offset() - position);
          ArrowBuf bytes = TableMemory.allocate(allocator, buffer.length());
          read.add(bytes);
          file.readFully(bytes, buffer.length());
          position = buffer.offset() + buffer.length();
        }
      }
      file.skip(bodyLength - position);
      return new ArrowRecordBatch(count, nodes, read);
    } finally {
      read.forEach(ArrowBuf::close); // the batch holds what it needs
    }
  }

  private static int nodes(Field field) {
    return 1 + field.getChildren().stream().mapToInt(TableStream::nodes).sum();
  }

  private static int buffers(Field field) {
    return TypeLayout.getTypeBufferCount(field.getType())
        + field.getChildren().stream().mapToInt(TableStream::buffers).sum();
  }

  @Override
  public void close() throws IOException {
    MappedBatch left = mapped;
    mapped = null;
    if (left != null) {
      left.leave();
    }
    batch.close();
    allocator.close();
    file.close();
  }
}
