package dev.reprise.cache.codec;

import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;

/**
 * Copies batches from one allocator's memory into another's, in one piece. Arrow lets buffers
 * change hands only below one root allocator, and libraries have their own.
 */
final class BatchCopy {
  private static final int ALIGNMENT = 8;

  private BatchCopy() {}

  /** The rows of {@code source} in memory of {@code allocator}; to be loaded or closed. */
  static ArrowRecordBatch of(VectorSchemaRoot source, BufferAllocator allocator) {
    try (ArrowRecordBatch batch = new VectorUnloader(source).getRecordBatch()) {
      long size = 0;
      for (ArrowBuf buffer : batch.getBuffers()) {
        size += aligned(buffer.readableBytes());
      }
      try (ArrowBuf body = allocator.buffer(size)) { // the batch keeps it by its slices
        List<ArrowBuf> slices = new ArrayList<>();
        long offset = 0;
        for (ArrowBuf buffer : batch.getBuffers()) {
          long length = buffer.readableBytes();
          if (length > 0) {
            body.setBytes(offset, buffer, buffer.readerIndex(), length);
          }
          slices.add(body.slice(offset, length));
          offset += aligned(length);
        }
        return new ArrowRecordBatch(batch.getLength(), batch.getNodes(), slices);
      }
    }
  }

  private static long aligned(long length) {
    return (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }
}
