package dev.reprise.cache.codec;

import dev.reprise.cache.codec.TableStream.Column;
import dev.reprise.cache.codec.TableStream.Mapping;
import dev.reprise.cache.codec.TableStream.Stretch;
import dev.reprise.cache.store.MappedBytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.ForeignAllocation;
import org.apache.arrow.vector.BitVectorHelper;
import org.apache.arrow.vector.BufferLayout;
import org.apache.arrow.vector.BufferLayout.BufferType;
import org.apache.arrow.vector.TypeLayout;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Columns of a batch of rows in mapped memory, handed out some rows at a time, so that no more is
 * checked and read than is asked for. Values must have a fixed width: into other vectors Arrow
 * writes when they are loaded, and mapped memory must not be written.
 */
final class MappedBatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MappedBatch.class);

  private final MappedBytes memory;
  private final ArrowBuf body;
  private final List<Column> columns;
  private final int rows;
  private final int mostAtATime;
  private int atATime;
  private int handedOut;
  private boolean begun;
  private boolean leaving;

  /**
   * @param memory is taken over
   * @param mapping how many rows at a time
   */
  MappedBatch(
      MappedBytes memory,
      BufferAllocator allocator,
      List<Column> columns,
      int rows,
      Mapping mapping) {
    this.memory = memory;
    this.columns = columns;
    this.rows = rows;
    this.atATime = mapping.rows();
    this.mostAtATime = mapping.mostRows();
    this.body =
        allocator.wrapForeignAllocation(
            new ForeignAllocation(memory.size(), memory.address()) {
              @Override
              protected void release0() {
                unmap();
              }
            });
  }

  private void unmap() {
    try {
      if (leaving) {
        memory.leave();
      } else {
        memory.close();
      }
    } catch (IOException e) {
      log.debug("a file that was mapped stays open", e);
    }
  }

  /** Whether a column can be handed out so. */
  static boolean fits(Field column) {
    List<BufferLayout> layouts = layouts(column);
    return column.getChildren().isEmpty()
        && layouts.size() == 2
        && layouts.get(0).getType() == BufferType.VALIDITY
        && layouts.get(1).getType() == BufferType.DATA;
  }

  private static List<BufferLayout> layouts(Field column) {
    return TypeLayout.getTypeLayout(column.getType()).getBufferLayouts();
  }

  /** Bytes in the file. */
  long size() {
    return memory.size();
  }

  /**
   * The next rows, all of whose bytes were checked; null if there are no more.
   *
   * @throws dev.reprise.cache.store.DamagedBlobException if bytes are not those that were written
   */
  @Nullable ArrowRecordBatch next() throws IOException {
    if (begun && handedOut == rows) {
      return null;
    }
    begun = true;
    int count = Math.min(atATime, rows - handedOut);
    List<ArrowFieldNode> nodes = new ArrayList<>();
    List<ArrowBuf> buffers = new ArrayList<>();
    for (Column column : columns) {
      addPiece(column, count, nodes, buffers);
    }
    handedOut += count;
    // The first value comes soon, and who goes on has few pieces.
    atATime = Math.min(mostAtATime, 2 * atATime);
    return new ArrowRecordBatch(count, nodes, buffers);
  }

  private void addPiece(
      Column column, int count, List<ArrowFieldNode> nodes, List<ArrowBuf> buffers)
      throws IOException {
    ArrowFieldNode whole = column.nodes().get(0);
    if (whole.getLength() != rows) {
      throw new UndecodableException("the table has a column of another length than its rows");
    }
    List<BufferLayout> layouts = layouts(column.field());
    ArrowBuf validity = piece(column.buffers().get(0), layouts.get(0), count);
    buffers.add(validity);
    buffers.add(piece(column.buffers().get(1), layouts.get(1), count));
    boolean mixed = whole.getNullCount() != 0 && whole.getNullCount() != rows;
    int nulls = mixed ? BitVectorHelper.getNullCount(validity, count) : count;
    nodes.add(new ArrowFieldNode(count, whole.getNullCount() == 0 ? 0 : nulls));
  }

  private ArrowBuf piece(Stretch of, BufferLayout layout, int count) throws IOException {
    if (of.length() == 0) {
      return checked(of.offset(), 0); // as the validity of a column without nulls
    }
    long bits = layout.getTypeBitWidth();
    long from = handedOut * bits / Byte.SIZE;
    long length = (count * bits + Byte.SIZE - 1) / Byte.SIZE;
    if (from + length > of.length()) {
      throw new UndecodableException("the table has a column that is shorter than its rows");
    }
    return checked(of.offset() + from, length);
  }

  private ArrowBuf checked(long offset, long length) throws IOException {
    memory.check(offset, length);
    return body.slice(offset, length);
  }

  /** As {@link #close}, before all rows were asked for: another thread may still read some. */
  void leave() {
    leaving = true;
    body.close();
  }

  /** Lets go of the memory, once the rows that were handed out are let go of. */
  @Override
  public void close() {
    body.close();
  }
}
