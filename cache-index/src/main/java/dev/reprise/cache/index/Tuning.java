package dev.reprise.cache.index;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.List;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactionStyle;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;

/**
 * How RocksDB is set up: small in memory, few files, and a format that Spark's RocksDB reads.
 *
 * <p>Four column families. {@code entries} holds what look-ups read, and is laid out for them: rows
 * of a kilobyte or little more, not compressed (digests do not compress), a Bloom filter for
 * misses. Bodies that are longer lie in {@code bodies}, so that they do not get in the way of a
 * scan. {@code notes} holds the small records of {@link NoteKind}, {@code meta} the names of the
 * scopes. RocksDB insists on a {@code default}, which stays empty.
 */
final class Tuning implements AutoCloseable {
  static final byte[] ENTRIES = "entries".getBytes(US_ASCII);
  static final byte[] BODIES = "bodies".getBytes(US_ASCII);
  static final byte[] NOTES = "notes".getBytes(US_ASCII);
  static final byte[] META = "meta".getBytes(US_ASCII);

  /** Since RocksDB 8.6; block checksums know their place in the file. Pinned: see ADR-0004. */
  private static final int FORMAT_VERSION = 6;

  private static final long MIB = 1L << 20;
  private static final long BLOCK_CACHE = 32 * MIB;
  private static final long WRITE_BUFFER = 16 * MIB;
  private static final long ALL_WRITE_BUFFERS = 48 * MIB;
  private static final long MOST_WAL = 64 * MIB;
  private static final int MOST_OPEN_FILES = 256;
  private static final int BITS_PER_KEY = 10;

  /** Of what is in memory, too: 80 KiB for each buffer, 20 bits for each row of half a kilobyte. */
  private static final double FILTER_OF_BUFFER = 0.005;

  /** Keys come in no order, so merging sorted files costs least when they are of a size. */
  static final int FILES_TO_MERGE = 4;

  private static final int MANY_FILES = 40;

  private final LRUCache cache;
  private final BloomFilter filter;
  private final ColumnFamilyOptions plain;
  private final ColumnFamilyOptions packed;
  private final DBOptions options;

  /** The library must be loaded. */
  Tuning() {
    cache = new LRUCache(BLOCK_CACHE);
    filter = new BloomFilter(BITS_PER_KEY);
    plain = family().setCompressionType(CompressionType.NO_COMPRESSION);
    packed = family().setCompressionType(CompressionType.LZ4_COMPRESSION);
    options =
        new DBOptions()
            .setCreateIfMissing(true)
            .setCreateMissingColumnFamilies(true)
            .setMaxOpenFiles(MOST_OPEN_FILES)
            .setDbWriteBufferSize(ALL_WRITE_BUFFERS)
            .setMaxTotalWalSize(MOST_WAL)
            .setMaxBackgroundJobs(2)
            .setAtomicFlush(
                true) // lest a view see the heads of one moment and the bodies of another
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setKeepLogFileNum(2)
            .setMaxLogFileSize(MIB)
            .setStatsDumpPeriodSec(0)
            .setStatsPersistPeriodSec(0)
            .setSkipStatsUpdateOnDbOpen(true)
            .setAvoidFlushDuringRecovery(true);
  }

  private ColumnFamilyOptions family() {
    return new ColumnFamilyOptions()
        .setWriteBufferSize(WRITE_BUFFER)
        .setMaxWriteBufferNumber(4)
        .setMemtablePrefixBloomSizeRatio(FILTER_OF_BUFFER)
        .setMemtableWholeKeyFiltering(true)
        .setCompactionStyle(CompactionStyle.UNIVERSAL)
        .setLevel0FileNumCompactionTrigger(FILES_TO_MERGE)
        .setLevel0SlowdownWritesTrigger(MANY_FILES)
        .setLevel0StopWritesTrigger(2 * MANY_FILES)
        .setTableFormatConfig(
            new BlockBasedTableConfig()
                .setFormatVersion(FORMAT_VERSION)
                .setBlockCache(cache)
                .setFilterPolicy(filter));
  }

  /** Whether a newer RocksDB may have written a file of that version. One is added in years. */
  static boolean isNewerFile(long version) {
    return version > FORMAT_VERSION && version < FORMAT_VERSION + 8;
  }

  DBOptions options() {
    return options;
  }

  /** What the logs hold becomes tables when it is opened, and the logs go. */
  void leaveLogs() {
    options.setAvoidFlushDuringRecovery(false);
  }

  /** For a view beside a writer, which must hold on to files that the writer deletes. */
  DBOptions optionsOfView() {
    return options
        .setMaxOpenFiles(-1)
        .setCreateIfMissing(false)
        .setCreateMissingColumnFamilies(false);
  }

  /**
   * The column families, {@code default} first, in the order in which {@link Database} keeps them.
   */
  List<ColumnFamilyDescriptor> families() {
    return List.of(
        new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, plain),
        new ColumnFamilyDescriptor(ENTRIES, plain),
        new ColumnFamilyDescriptor(BODIES, packed),
        new ColumnFamilyDescriptor(NOTES, packed),
        new ColumnFamilyDescriptor(META, plain));
  }

  @Override
  public void close() {
    options.close();
    plain.close();
    packed.close();
    filter.close();
    cache.close();
  }
}
