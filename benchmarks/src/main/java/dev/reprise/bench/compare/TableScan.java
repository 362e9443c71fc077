package dev.reprise.bench.compare;

import static dev.reprise.cache.base.Checks.checkState;

import dev.reprise.bench.ratio.Comparison;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.codec.TableStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BigIntVector;

/**
 * The sum of a column of a kept table, read before and so known to be sound, against the sum of the
 * same numbers in a file that is mapped into memory.
 */
public final class TableScan implements Comparison {
  private static final int COLUMNS = 2;

  private final Ticker ticker = Ticker.system();
  private final LongTable table;
  private final Path numbers;
  private final long expected;

  public TableScan(Path folder, int mebibytes) throws Exception {
    table = LongTable.make(folder, COLUMNS, mebibytes);
    numbers = folder.resolve("numbers");
    long rows = table.rows();
    expected = rows * (rows - 1) / 2;
    long bytes = rows * Long.BYTES;
    try (FileChannel channel =
        FileChannel.open(
            numbers,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      LongBuffer to =
          channel
              .map(FileChannel.MapMode.READ_WRITE, 0, bytes)
              .order(ByteOrder.nativeOrder())
              .asLongBuffer();
      for (long row = 0; row < rows; row++) {
        to.put(row);
      }
    }
    checkState(Files.size(numbers) == bytes, "the file is short");
  }

  @Override
  public double ours() throws IOException {
    long begun = ticker.nanos();
    long sum = 0;
    try (TableStream stream =
        TableStream.open(table.blob(), column -> column.equals(LongTable.name(0)))) {
      while (stream.next()) {
        BigIntVector column = (BigIntVector) stream.batch().getVector(0);
        ArrowBuf values = column.getDataBuffer();
        LongBuffer all =
            values
                .nioBuffer(0, (int) (column.getValueCount() * (long) Long.BYTES))
                .order(ByteOrder.nativeOrder())
                .asLongBuffer();
        sum += sum(all);
      }
    }
    double nanos = ticker.nanos() - begun;
    checkState(sum == expected, "the sum is %s", sum);
    return nanos;
  }

  @Override
  public double peer() throws IOException {
    long begun = ticker.nanos();
    long sum;
    try (FileChannel channel = FileChannel.open(numbers)) {
      sum =
          sum(
              channel
                  .map(FileChannel.MapMode.READ_ONLY, 0, channel.size())
                  .order(ByteOrder.nativeOrder())
                  .asLongBuffer());
    }
    double nanos = ticker.nanos() - begun;
    checkState(sum == expected, "the sum is %s", sum);
    return nanos;
  }

  private static long sum(LongBuffer values) {
    long sum = 0;
    int count = values.limit();
    for (int i = 0; i < count; i++) {
      sum += values.get(i);
    }
    return sum;
  }
}
