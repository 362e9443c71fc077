package dev.reprise.cache.codec;

import static dev.reprise.cache.base.Checks.checkArgument;
import static java.util.Objects.requireNonNull;

import dev.reprise.cache.store.MappedBytes;
import dev.reprise.cache.store.Payload;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ReadChannel;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.validate.ValidateVectorBufferVisitor;
import org.jspecify.annotations.Nullable;

/**
 * Reads an Arrow IPC file from its beginning to its end: after eight bytes it is a stream of
 * messages, and the footer, which is for those who jump, is not needed.
 *
 * <p>Every length that the file declares is compared with what is left of it before anything is
 * allocated, and the vectors are checked to be consistent, so that no bytes can exhaust memory or
 * make a reader look outside of its buffers.
 */
final class TableFile implements AutoCloseable {
  private static final byte[] MAGIC = {'A', 'R', 'R', 'O', 'W', '1', 0, 0};
  private static final int PREFIX_BYTES = 8;

  /** Beyond twice its size, what a table may allocate in small roundings. */
  private static final long SLACK_BYTES = 64L << 20;

  private final Payload payload;
  private final InputStream stream;
  private final ReadChannel in;
  private final long size;
  private final Schema schema;
  private long skipped;

  private TableFile(Payload payload, InputStream stream) throws IOException {
    this.payload = payload;
    this.stream = stream;
    this.in = new ReadChannel(Channels.newChannel(stream));
    this.size = payload.size();
    if (!Arrays.equals(bytes(MAGIC.length).array(), MAGIC)) {
      throw new UndecodableException("the table is no Arrow file");
    }
    Message first = next();
    if (first == null || first.headerType() != MessageHeader.Schema) {
      throw new UndecodableException("the table has no schema");
    }
    SchemaNesting.check(first);
    schema = MessageSerializer.deserializeSchema(first);
    String refusal = TableTypes.refusal(schema);
    if (refusal != null) {
      throw new UndecodableException(refusal);
    }
  }

  /**
   * Opens a file and reads its schema.
   *
   * @throws UndecodableException if it is no table; also from what is read later
   */
  static TableFile open(Payload payload) throws IOException {
    InputStream stream = payload.open();
    try {
      return new TableFile(payload, stream);
    } catch (RuntimeException e) {
      stream.close();
      throw unreadable(e);
    } catch (IOException e) {
      stream.close();
      throw e;
    }
  }

  /** What Arrow makes of bytes that are no table, or of a sound one if memory is short just now. */
  static IOException unreadable(RuntimeException thrown) {
    // one that is over the limit of its allocator has no cause: then the bytes ask for too much
    return thrown instanceof OutOfMemoryException && thrown.getCause() instanceof OutOfMemoryError
        ? TableMemory.shortage(thrown)
        : new UndecodableException("the table cannot be read: " + thrown.getMessage(), thrown);
  }

  /** How much memory a table may take that lies in so many bytes. */
  static long memoryLimit(long size) {
    return 2 * size + SLACK_BYTES;
  }

  /** Reads the rows of all {@code pieces}, one after the other, into one table. */
  static ArrowTable read(List<Payload> pieces) throws IOException {
    checkArgument(!pieces.isEmpty(), "a table made of no pieces has no schema");
    long size = pieces.stream().mapToLong(Payload::size).sum();
    // before the try: what the JVM lacks is not the table's fault
    BufferAllocator allocator = TableMemory.open(memoryLimit(size));
    try {
      return readAll(pieces, allocator);
    } catch (RuntimeException e) {
      throw unreadable(e);
    }
  }

  private static ArrowTable readAll(List<Payload> pieces, BufferAllocator allocator)
      throws IOException {
    TableMemory memory = null;
    boolean whole = false;
    try {
      for (Payload piece : pieces) {
        try (TableFile file = open(piece)) {
          memory = memory == null ? new TableMemory(file.schema, allocator) : memory;
          file.readInto(memory);
        }
      }
      whole = true;
      return new ArrowTable(requireNonNull(memory));
    } finally {
      if (!whole && memory != null) {
        memory.release();
      } else if (!whole) {
        allocator.close();
      }
    }
  }

  private void readInto(TableMemory memory) throws IOException {
    if (!schema.equals(memory.schema())) {
      throw new UndecodableException(
          "the pieces of the table have two schemas: %s and %s".formatted(memory.schema(), schema));
    }
    for (Message rows = nextRows(); rows != null; rows = nextRows()) {
      take(rows, memory);
      check(memory.batches().get(memory.batches().size() - 1));
    }
  }

  /** Checks that a batch is consistent. */
  static void check(VectorSchemaRoot batch) {
    for (FieldVector column : batch.getFieldVectors()) {
      column.accept(new ValidateVectorBufferVisitor(), null);
      OffsetCheck.check(column);
    }
  }

  Schema schema() {
    return schema;
  }

  /** The head of the next batch of rows, whose body comes now; null at the end of the rows. */
  @Nullable Message nextRows() throws IOException {
    Message message = next();
    if (message == null) {
      return null;
    }
    if (message.headerType() != MessageHeader.RecordBatch) {
      throw new UndecodableException("the table holds something else than rows");
    }
    checkLeft(message.bodyLength());
    checkCounts((RecordBatch) requireNonNull(message.header(new RecordBatch())));
    return message;
  }

  private static void checkCounts(RecordBatch rows) throws UndecodableException {
    checkCount(rows.length());
    for (int i = 0; i < rows.nodesLength(); i++) {
      checkCount(rows.nodes(i).length());
      checkCount(rows.nodes(i).nullCount());
    }
  }

  /** Arrow takes counts for ints and does no more than assert that they are not negative. */
  private static void checkCount(long count) throws UndecodableException {
    if (count < 0 || count > Integer.MAX_VALUE) {
      throw new UndecodableException("the table holds a batch of %d values".formatted(count));
    }
  }

  private void take(Message head, TableMemory memory) throws IOException {
    long length = head.bodyLength();
    ArrowBuf body = TableMemory.allocate(memory.allocator(), length);
    boolean taken = false;
    try {
      readFully(body, length);
      memory.take(batch(head, body));
      taken = true;
    } finally {
      if (!taken && body.refCnt() > 0) {
        // a batch that is refused half-way has left references to its body behind
        body.getReferenceManager().release(body.refCnt());
      }
    }
  }

  /** Takes {@code body} over. */
  private static ArrowRecordBatch batch(Message message, ArrowBuf body)
      throws UndecodableException {
    try {
      return MessageSerializer.deserializeRecordBatch(message, body);
    } catch (IOException e) {
      throw new UndecodableException("the table cannot be read: " + e.getMessage(), e);
    }
  }

  /** Appends bytes of the file to {@code to}. */
  void readFully(ArrowBuf to, long length) throws IOException {
    if (in.readFully(to, length) != length) {
      throw new UndecodableException("the table ends too early");
    }
  }

  /**
   * The bytes that come next, in mapped memory; they are not passed over. Empty where there is
   * none.
   */
  Optional<MappedBytes> map(long length) throws IOException {
    checkLeft(length);
    return length > Integer.MAX_VALUE
        ? Optional.empty()
        : payload.map(skipped + in.bytesRead(), (int) length);
  }

  /** Passes over bytes of the file. */
  void skip(long length) throws IOException {
    checkLeft(length);
    stream.skipNBytes(length);
    skipped += length;
  }

  /** The next message without its body; null at the end of the messages. */
  private @Nullable Message next() throws IOException {
    ByteBuffer prefix = bytes(PREFIX_BYTES);
    if (prefix.getInt() != MessageSerializer.IPC_CONTINUATION_TOKEN) {
      throw new UndecodableException("the table has no message where one should be");
    }
    int length = prefix.getInt();
    return length == 0 ? null : Message.getRootAsMessage(bytes(length));
  }

  private ByteBuffer bytes(int length) throws IOException {
    checkLeft(length);
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    if (in.readFully(bytes) != length) {
      throw new UndecodableException("the table ends too early");
    }
    return bytes.flip();
  }

  private void checkLeft(long length) throws UndecodableException {
    long left = size - skipped - in.bytesRead();
    if (length < 0 || length > left) {
      throw new UndecodableException(
          "the table declares " + length + " bytes where " + left + " are left");
    }
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
