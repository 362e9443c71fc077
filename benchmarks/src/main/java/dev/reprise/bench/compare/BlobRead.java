package dev.reprise.bench.compare;

import static dev.reprise.cache.base.Checks.checkState;

import dev.reprise.bench.ratio.Comparison;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.codec.TableStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.ipc.ArrowFileReader;

/** The first value of a large table that is kept, against Arrow's own reader of files. */
public final class BlobRead implements Comparison {
  private static final int COLUMNS = 8;

  private final Ticker ticker = Ticker.system();
  private final LongTable table;

  public BlobRead(Path folder, int mebibytes) throws Exception {
    table = LongTable.make(folder, COLUMNS, mebibytes);
  }

  @Override
  public double ours() throws IOException {
    long begun = ticker.nanos();
    long value;
    double nanos;
    try (TableStream stream =
        TableStream.open(table.blob(), column -> column.equals(LongTable.name(1)))) {
      checkState(stream.next(), "the table is empty");
      value = ((BigIntVector) stream.batch().getVector(0)).get(0);
      nanos = ticker.nanos() - begun;
    }
    checkState(value == 1, "the first value is %s", value);
    return nanos;
  }

  @Override
  public double peer() throws IOException {
    long begun = ticker.nanos();
    long value;
    double nanos;
    try (BufferAllocator memory = new RootAllocator();
        FileChannel channel = FileChannel.open(table.file());
        ArrowFileReader reader = new ArrowFileReader(channel, memory)) {
      checkState(reader.loadNextBatch(), "the table is empty");
      value = ((BigIntVector) reader.getVectorSchemaRoot().getVector(1)).get(0);
      nanos = ticker.nanos() - begun;
    }
    checkState(value == 1, "the first value is %s", value);
    return nanos;
  }
}
