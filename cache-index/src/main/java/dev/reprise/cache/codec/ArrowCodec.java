package dev.reprise.cache.codec;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.store.Payload;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Tables as Arrow IPC files, which any Arrow library reads. The content digest is gathered while
 * writing.
 */
public final class ArrowCodec implements Codec {
  /** Id of this codec. */
  public static final String ID = "arrow/1";

  /** What a file begins with before the messages that a stream has too: the magic, padded. */
  private static final int FILE_PREFIX = 8;

  private final RowOrder order;

  /** Makes a codec for tables whose row order does or does not matter. */
  public ArrowCodec(RowOrder order) {
    this.order = order;
  }

  @Override
  public String id() {
    return ID;
  }

  @Override
  public boolean accepts(@Nullable Object value) {
    return value instanceof ArrowTable;
  }

  @Override
  public Encoded encode(@Nullable Object value, OutputStream to) throws IOException {
    if (!(value instanceof ArrowTable table)) {
      throw new NoCodecException("not a table: " + value);
    }
    RowDigest digest = new RowDigest(table.schema(), order);
    try (BufferAllocator allocator = ArrowMemory.child("writer");
        VectorSchemaRoot root = VectorSchemaRoot.create(table.schema(), allocator);
        // Closing the writer would close the stream, which is not ours.
        ArrowFileWriter writer =
            new ArrowFileWriter(root, null, Channels.newChannel(new Unclosed(to)))) {
      VectorLoader loader = new VectorLoader(root);
      writer.start();
      for (VectorSchemaRoot batch : table.batches()) {
        digest.add(batch);
        try (ArrowRecordBatch buffers = new VectorUnloader(batch).getRecordBatch()) {
          loader.load(buffers);
        }
        writer.writeBatch();
        root.clear();
      }
      writer.end();
    }
    return new Encoded(
        digest.finish(), digest.rows(), Bytes.wrap(table.schema().serializeAsMessage()));
  }

  @Override
  public ArrowTable decode(Payload payload) throws IOException {
    BufferAllocator allocator = ArrowMemory.child("table");
    List<VectorSchemaRoot> batches = new ArrayList<>();
    boolean done = false;
    try (InputStream in = payload.open()) {
      in.skipNBytes(FILE_PREFIX);
      ArrowTable table = read(in, allocator, batches);
      done = true;
      return table;
    } catch (RuntimeException e) {
      throw new IOException("these bytes are no Arrow file: " + e.getMessage(), e);
    } finally {
      if (!done) {
        batches.forEach(VectorSchemaRoot::close);
        allocator.close();
      }
    }
  }

  /** Reads the messages of a file up to its footer; batches keep what the reader read for them. */
  private static ArrowTable read(
      InputStream in, BufferAllocator allocator, List<VectorSchemaRoot> batches)
      throws IOException {
    try (ArrowStreamReader reader = new ArrowStreamReader(in, allocator)) {
      VectorSchemaRoot root = reader.getVectorSchemaRoot();
      Schema schema = root.getSchema();
      ArrowTypes.check(schema);
      while (reader.loadNextBatch()) {
        VectorSchemaRoot batch = VectorSchemaRoot.create(schema, allocator);
        batches.add(batch);
        try (ArrowRecordBatch buffers = new VectorUnloader(root).getRecordBatch()) {
          new VectorLoader(batch).load(buffers);
        }
      }
      return new ArrowTable(allocator, schema, batches);
    }
  }

  /** Leaves the stream open when it is closed. */
  private static final class Unclosed extends FilterOutputStream {
    Unclosed(OutputStream to) {
      super(to);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
