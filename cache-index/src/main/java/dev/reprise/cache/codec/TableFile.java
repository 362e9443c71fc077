package dev.reprise.cache.codec;

import dev.reprise.cache.store.Payload;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.util.Arrays;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.memory.ArrowBuf;
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
final class TableFile {
  private static final byte[] MAGIC = {'A', 'R', 'R', 'O', 'W', '1', 0, 0};
  private static final int PREFIX_BYTES = 8;

  /** Beyond twice its size, what a table may allocate in small roundings. */
  private static final long SLACK_BYTES = 64L << 20;

  private final ReadChannel in;
  private final long size;

  private TableFile(ReadChannel in, long size) {
    this.in = in;
    this.size = size;
  }

  static ArrowTable read(Payload payload) throws IOException {
    try (InputStream stream = payload.open();
        ReadChannel channel = new ReadChannel(Channels.newChannel(stream))) {
      return new TableFile(channel, payload.size()).read();
    } catch (RuntimeException e) {
      // what Arrow makes of bytes that are no table
      throw new UndecodableException("the table cannot be read: " + e.getMessage(), e);
    }
  }

  private ArrowTable read() throws IOException {
    if (!Arrays.equals(bytes(MAGIC.length).array(), MAGIC)) {
      throw new UndecodableException("the table is no Arrow file");
    }
    Message first = next();
    if (first == null || first.headerType() != MessageHeader.Schema) {
      throw new UndecodableException("the table has no schema");
    }
    Schema schema = MessageSerializer.deserializeSchema(first);
    String refusal = TableTypes.refusal(schema);
    if (refusal != null) {
      throw new UndecodableException(refusal);
    }
    TableMemory memory = new TableMemory(schema, 2 * size + SLACK_BYTES);
    try {
      for (Message message = next(); message != null; message = next()) {
        take(message, memory);
      }
      return new ArrowTable(memory);
    } catch (IOException | RuntimeException | Error e) {
      memory.release();
      throw e;
    }
  }

  private void take(Message message, TableMemory memory) throws IOException {
    if (message.headerType() != MessageHeader.RecordBatch) {
      throw new UndecodableException("the table holds something else than rows");
    }
    long length = message.bodyLength();
    checkLeft(length);
    ArrowBuf body = memory.allocator().buffer(length);
    boolean taken = false;
    try {
      if (in.readFully(body, length) != length) {
        throw new UndecodableException("the table ends too early");
      }
      memory.take(batch(message, body));
      taken = true;
    } finally {
      if (!taken && body.refCnt() > 0) {
        // a batch that is refused half-way has left references to its body behind
        body.getReferenceManager().release(body.refCnt());
      }
    }
    VectorSchemaRoot loaded = memory.batches().get(memory.batches().size() - 1);
    for (FieldVector column : loaded.getFieldVectors()) {
      column.accept(new ValidateVectorBufferVisitor(), null);
      OffsetCheck.check(column);
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
    long left = size - in.bytesRead();
    if (length < 0 || length > left) {
      throw new UndecodableException(
          "the table declares " + length + " bytes where " + left + " are left");
    }
  }
}
