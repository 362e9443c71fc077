package dev.reprise.bench.compare;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.io.Output;
import dev.reprise.bench.taskbench.Edits;
import dev.reprise.bench.taskbench.TaskBench;
import dev.reprise.bench.taskbench.TaskBench.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Runs a graph with a cache as fast as can be written by hand: step by step, in ranges of units. A
 * range digests what each unit takes, looks all of these keys up at once, runs what is not there,
 * encodes it with Kryo and puts all of it in one batch. Nothing is synced, and nothing is kept but
 * the results.
 */
final class CachingForkJoin implements MetgCached.Peer {
  private static final int THREADS = 2;
  private static final int RANGE = 64;
  private static final long WRITE_BUFFER = 64L << 20;
  private static final int LARGEST_RESULT = 64;
  private static final int BITS_PER_KEY = 10;

  private final Shape shape;
  private final List<Long> points;
  private final int[][] inputs;
  private final long[] cells;
  private final BloomFilter filter;
  private final Options options;
  private final WriteOptions write;
  private final RocksDB database;
  private final ForkJoinPool pool = new ForkJoinPool(THREADS);
  private final ConcurrentLinkedQueue<Tools> idle = new ConcurrentLinkedQueue<>();

  /** What a range works with; used by one at a time. */
  private static final class Tools implements AutoCloseable {
    final MessageDigest sha256;
    final Kryo kryo = new Kryo();
    final Output output = new Output(LARGEST_RESULT);
    final WriteBatch batch = new WriteBatch();
    ByteBuffer taken = ByteBuffer.allocate(1024);

    Tools() throws GeneralSecurityException {
      sha256 = MessageDigest.getInstance("SHA-256");
    }

    @Override
    public void close() {
      batch.close();
    }
  }

  CachingForkJoin(Path folder, Shape shape) throws IOException, RocksDBException {
    this.shape = shape;
    points = TaskBench.pointsOf(shape, Edits.NONE);
    cells = new long[shape.width() * shape.steps()];
    inputs = new int[cells.length][];
    for (int unit = 0; unit < inputs.length; unit++) {
      int step = unit / shape.width();
      int before = (step - 1) * shape.width();
      int[] from = shape.pattern().dependencies(step, unit % shape.width(), shape.width());
      inputs[unit] = Arrays.stream(from).map(point -> before + point).toArray();
    }
    Files.createDirectories(folder);
    RocksDB.loadLibrary();
    filter = new BloomFilter(BITS_PER_KEY);
    write = new WriteOptions();
    options =
        new Options()
            .setCreateIfMissing(true)
            .setWriteBufferSize(WRITE_BUFFER)
            .setTableFormatConfig(new BlockBasedTableConfig().setFilterPolicy(filter));
    database = RocksDB.open(options, folder.toString());
  }

  @Override
  public long[] run() throws Exception {
    for (int step = 0; step < shape.steps(); step++) {
      List<Callable<@Nullable Void>> ranges = new ArrayList<>();
      int first = step * shape.width();
      int end = first + shape.width();
      for (int from = first; from < end; from += RANGE) {
        int begin = from;
        ranges.add(() -> run(begin, Math.min(end, begin + RANGE)));
      }
      for (Future<@Nullable Void> range : pool.invokeAll(ranges)) {
        range.get();
      }
    }
    return Arrays.copyOfRange(cells, cells.length - shape.width(), cells.length);
  }

  private @Nullable Void run(int from, int to) throws Exception {
    Tools known = idle.poll();
    Tools tools = known == null ? new Tools() : known;
    List<byte[]> keys = new ArrayList<>(to - from);
    for (int unit = from; unit < to; unit++) {
      keys.add(key(unit, tools));
    }
    List<byte @Nullable []> found = database.multiGetAsList(keys);
    for (int unit = from; unit < to; unit++) {
      byte[] result = found.get(unit - from);
      if (result == null) {
        cells[unit] = TaskBench.cellOf(shape, unit, points, inputs[unit], cells);
        tools.output.reset();
        tools.kryo.writeObject(tools.output, cells[unit]);
        tools.batch.put(keys.get(unit - from), tools.output.toBytes());
      } else {
        throw new IllegalStateException("unit " + unit + " is found in an empty cache");
      }
    }
    database.write(write, tools.batch);
    tools.batch.clear();
    idle.add(tools);
    return null;
  }

  /** The digest of the unit's step and point, and of the results that it takes. */
  private byte[] key(int unit, Tools tools) {
    int bytes = Integer.BYTES + Long.BYTES + inputs[unit].length * Long.BYTES;
    if (tools.taken.capacity() < bytes) {
      tools.taken = ByteBuffer.allocate(bytes);
    }
    ByteBuffer taken = tools.taken.clear();
    taken.putInt(unit / shape.width()).putLong(points.get(unit % shape.width()));
    for (int input : inputs[unit]) {
      taken.putLong(cells[input]);
    }
    tools.sha256.update(taken.flip());
    return tools.sha256.digest();
  }

  @Override
  public long kept() {
    long kept = 0;
    try (RocksIterator at = database.newIterator()) {
      for (at.seekToFirst(); at.isValid(); at.next()) {
        kept++;
      }
    }
    return kept;
  }

  @Override
  public void close() {
    pool.shutdownNow();
    idle.forEach(Tools::close);
    database.close();
    write.close();
    options.close();
    filter.close();
  }
}
