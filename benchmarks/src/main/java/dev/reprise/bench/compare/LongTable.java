package dev.reprise.bench.compare;

import dev.reprise.cache.codec.RowOrder;
import dev.reprise.cache.codec.TableWriter;
import dev.reprise.cache.store.BlobWriter;
import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.Payload;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** A table of whole numbers in one batch: as a blob in a store, and as an Arrow file. */
final class LongTable {
  private static final int MEBIBYTE = 1 << 20;

  private final Path folder;
  private final Payload blob;
  private final int rows;

  private LongTable(Path folder, Payload blob, int rows) {
    this.folder = folder;
    this.blob = blob;
    this.rows = rows;
  }

  /**
   * Makes both.
   *
   * @param columns of the table; the value in row i of column c is i + c
   * @param mebibytes of all values together
   */
  static LongTable make(Path folder, int columns, int mebibytes) throws Exception {
    int rows = mebibytes * (MEBIBYTE / Long.BYTES) / columns;
    List<Field> fields =
        IntStream.range(0, columns)
            .mapToObj(
                c -> new Field(name(c), FieldType.notNullable(new ArrowType.Int(64, true)), null))
            .toList();
    FileResultStore store =
        FileResultStore.openOrMake(folder.resolve("store"), FileResultStore.Settings.STANDARD);
    Location location;
    try (BufferAllocator memory = new RootAllocator();
        VectorSchemaRoot batch = VectorSchemaRoot.create(new Schema(fields), memory)) {
      for (int c = 0; c < columns; c++) {
        BigIntVector column = (BigIntVector) batch.getVector(c);
        column.allocateNew(rows);
        for (int row = 0; row < rows; row++) {
          column.set(row, row + c);
        }
      }
      batch.setRowCount(rows);
      try (BlobWriter to = store.write("bench", "table", 0);
          TableWriter writer = new TableWriter(batch.getSchema(), RowOrder.ANY, to)) {
        writer.write(batch);
        writer.finish();
        location = to.finish();
      }
      try (FileChannel channel =
              FileChannel.open(
                  file(folder), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
          ArrowFileWriter writer = new ArrowFileWriter(batch, null, channel)) {
        writer.start();
        writer.writeBatch();
        writer.end();
      }
    }
    return new LongTable(folder, store.read(store.publish((Location.Pending) location)), rows);
  }

  private static Path file(Path folder) {
    return folder.resolve("table.arrow");
  }

  /** The name of a column, by its place. */
  static String name(int column) {
    return "c" + column;
  }

  /** The Arrow file. */
  Path file() {
    return file(folder);
  }

  /** The table as Reprise keeps it. */
  Payload blob() {
    return blob;
  }

  int rows() {
    return rows;
  }
}
