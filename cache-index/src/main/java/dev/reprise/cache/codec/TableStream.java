package dev.reprise.cache.codec;

import dev.reprise.cache.store.Payload;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
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

/**
 * Reads a table, or a piece of one, batch by batch, and of it the columns that are wanted: for who
 * reads tables that are larger than memory. Bytes of other columns are passed over. Belongs to one
 * thread.
 */
public final class TableStream implements AutoCloseable {
  private final TableFile file;
  private final BufferAllocator allocator;
  private final BitSet wanted = new BitSet();
  private final VectorSchemaRoot batch;

  private TableStream(TableFile file, BufferAllocator allocator, Predicate<String> columns) {
    this.file = file;
    this.allocator = allocator;
    List<Field> all = file.schema().getFields();
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (columns.test(all.get(i).getName())) {
        wanted.set(i);
        fields.add(all.get(i));
      }
    }
    batch = VectorSchemaRoot.create(new Schema(fields), allocator);
  }

  /**
   * Opens a table.
   *
   * @param columns which are wanted, by name
   * @throws UndecodableException if the bytes are no table; also from {@link #next}
   */
  public static TableStream open(Payload payload, Predicate<String> columns) throws IOException {
    BufferAllocator allocator = TableMemory.open(TableFile.memoryLimit(payload.size()));
    TableFile file = null;
    TableStream stream = null;
    try {
      file = TableFile.open(payload);
      stream = new TableStream(file, allocator, columns);
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
   * object; its memory is this stream's.
   */
  public VectorSchemaRoot batch() {
    return batch;
  }

  /**
   * Reads the next batch, which takes the place of the one before.
   *
   * @return false if there are no more
   */
  public boolean next() throws IOException {
    batch.clear();
    try {
      Message head = file.nextRows();
      if (head == null) {
        return false;
      }
      try (ArrowRecordBatch rows = wantedOf(head)) {
        new VectorLoader(batch).load(rows);
      }
      TableFile.check(batch);
      return true;
    } catch (EOFException e) {
      throw new UndecodableException("the table ends too early", e);
    } catch (RuntimeException e) {
      throw TableFile.unreadable(e);
    }
  }

  /** Reads of a batch's body what belongs to wanted columns. */
  private ArrowRecordBatch wantedOf(Message head) throws IOException {
    RecordBatch rows = (RecordBatch) head.header(new RecordBatch());
    if (rows == null || rows.compression() != null) {
      throw new UndecodableException("the table is compressed in a way of another version's");
    }
    List<ArrowFieldNode> nodes = new ArrayList<>();
    List<Buffer> buffers = new ArrayList<>();
    int node = 0;
    int buffer = 0;
    List<Field> fields = file.schema().getFields();
    for (int i = 0; i < fields.size(); i++) {
      int nodeEnd = node + nodes(fields.get(i));
      int bufferEnd = buffer + buffers(fields.get(i));
      for (; wanted.get(i) && node < nodeEnd; node++) {
        FieldNode found = rows.nodes(node);
        nodes.add(new ArrowFieldNode(found.length(), found.nullCount()));
      }
      for (; wanted.get(i) && buffer < bufferEnd; buffer++) {
        buffers.add(rows.buffers(buffer));
      }
      node = nodeEnd;
      buffer = bufferEnd;
    }
    if (node != rows.nodesLength() || buffer != rows.buffersLength()) {
      throw new UndecodableException("the table has rows of another schema than its own");
    }
    return read(Math.toIntExact(rows.length()), nodes, buffers, head.bodyLength());
  }

  private ArrowRecordBatch read(
      int count, List<ArrowFieldNode> nodes, List<Buffer> buffers, long bodyLength)
      throws IOException {
    List<ArrowBuf> read = new ArrayList<>();
    try {
      long position = 0;
      for (Buffer buffer : buffers) {
        long end = Math.addExact(buffer.offset(), buffer.length());
        if (buffer.offset() < position || buffer.length() < 0 || end > bodyLength) {
          throw new UndecodableException("the table has columns that lie outside of it");
        }
        file.skip(buffer.offset() - position);
        ArrowBuf bytes = TableMemory.allocate(allocator, buffer.length());
        read.add(bytes);
        file.readFully(bytes, buffer.length());
        position = end;
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
    batch.close();
    allocator.close();
    file.close();
  }
}
