package dev.reprise.cache.index;

import dev.reprise.cache.base.Folders;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open RocksDB and what belongs to it. Every use goes through {@link #read} or {@link #write},
 * which keep it open meanwhile and turn its failures into {@link CacheUnavailableException}.
 */
final class Database {
  private static final Logger LOG = LoggerFactory.getLogger(Database.class);
  private static final Duration LAST_USE = Duration.ofSeconds(30);

  private final Path folder;
  private final Tables tables;
  private final Tuning tuning;
  private final @Nullable WriteLane lane;
  private final long freeSpaceFloor;
  private final WriteOptions writeOptions = new WriteOptions().setNoSlowdown(true);
  private final Gate gate = new Gate();
  private final Runnable onClosed;

  /**
   * @param lane on which it is written; null for a view that cannot be
   * @param onClosed called when it is closed, after everything else; never if it has to stay open
   */
  Database(
      Path folder,
      Tables tables,
      Tuning tuning,
      @Nullable WriteLane lane,
      long freeSpaceFloor,
      Runnable onClosed) {
    this.folder = folder;
    this.tables = tables;
    this.tuning = tuning;
    this.lane = lane;
    this.freeSpaceFloor = freeSpaceFloor;
    this.onClosed = onClosed;
  }

  boolean isWritable() {
    return lane != null;
  }

  /** Something that is done with the open database. */
  @FunctionalInterface
  interface Use {
    /** Does it. */
    void with(Tables tables) throws RocksDBException, CacheUnavailableException;
  }

  void use(Use use) throws CacheUnavailableException {
    read(
        opened -> {
          use.with(opened);
          return true;
        });
  }

  /** Something that is read. */
  @FunctionalInterface
  interface Reading<T> {
    /** Reads. */
    T from(Tables tables) throws RocksDBException, CacheUnavailableException;
  }

  <T> T read(Reading<T> reading) throws CacheUnavailableException {
    enter();
    try {
      return reading.from(tables);
    } catch (RocksDBException e) {
      throw unreadable(e);
    } finally {
      gate.leave();
    }
  }

  /** What a failure to read means. */
  CacheUnavailableException unreadable(RocksDBException e) {
    return unreadable(folder, e);
  }

  static CacheUnavailableException unreadable(Path folder, RocksDBException e) {
    String wayOut =
        isCorruption(e)
            ? "; 'reprise cache rebuild --anew' moves it aside and finds again what the store holds"
            : "";
    return new CacheUnavailableException(
        "the index " + folder + " cannot be read: " + e.getMessage() + wayOut, e);
  }

  /** Something that is written. */
  @FunctionalInterface
  interface Filling {
    /** Adds what is to be written to {@code batch}. */
    void fill(Tables tables, WriteBatch batch) throws RocksDBException;
  }

  /** Adds nothing. */
  static final Filling NOTHING_MORE = (tables, batch) -> {};

  /** Writes all that {@code filling} adds to a batch, or nothing. */
  void write(Filling filling) throws CacheUnavailableException {
    write(filling, NOTHING_MORE);
  }

  /**
   * The same.
   *
   * @param last adds more on the thread that writes, when all that was written before is there; it
   *     may be called again if RocksDB was busy
   */
  void write(Filling filling, Filling last) throws CacheUnavailableException {
    change(
        writer -> {
          requireFreeSpace();
          WriteBatch batch = new WriteBatch();
          try {
            filling.fill(tables, batch);
          } catch (RocksDBException | RuntimeException e) {
            batch.close();
            throw e;
          }
          writer.run(
              () -> {
                last.fill(tables, batch);
                tables.db().write(writeOptions, batch);
              },
              batch::close);
        });
  }

  /**
   * Makes all that was written durable. Waits longer than for a write, which ends in memory: a run
   * that wrote gigabytes of results leaves its disk seconds of work.
   */
  void sync() throws CacheUnavailableException {
    change(writer -> writer.run(() -> tables.db().flushWal(true), () -> {}, LAST_USE));
  }

  private interface Changing {
    void with(WriteLane writer) throws RocksDBException, CacheUnavailableException;
  }

  private void change(Changing changing) throws CacheUnavailableException {
    if (lane == null) {
      throw new CacheUnavailableException("the index " + folder + " is open for reading only");
    }
    enter();
    try {
      changing.with(lane);
    } catch (RocksDBException e) {
      throw new CacheUnavailableException(
          "a change of the index " + folder + " cannot be put together: " + e.getMessage(), e);
    } finally {
      gate.leave();
    }
  }

  private void requireFreeSpace() throws CacheUnavailableException {
    long free;
    try {
      free = Folders.usableSpace(folder);
    } catch (IOException e) {
      throw new CacheUnavailableException(
          "the folder of the index " + folder + " cannot be reached: " + e, e);
    }
    if (free < freeSpaceFloor) {
      throw new CacheUnavailableException(
          String.format(
              Locale.ROOT,
              "the disk of the index %s has %d MiB left, less than the floor of %d MiB: nothing is"
                  + " written to it; free some space or use another --home",
              folder,
              free >> 20,
              freeSpaceFloor >> 20));
    }
  }

  private void enter() throws CacheUnavailableException {
    if (!gate.enter()) {
      throw new CacheUnavailableException("the index " + folder + " is closed");
    }
  }

  /** Bytes of all files of the database. */
  long bytesOnDisk() {
    long bytes = 0;
    try {
      for (Path file : Folders.list(folder)) {
        bytes += file.toFile().length();
      }
    } catch (IOException e) {
      LOG.debug("the files of the index {} cannot be listed", folder, e);
    }
    return bytes;
  }

  /** Number of files whose names end in {@code suffix}. */
  private int count(String suffix) {
    try {
      return (int)
          Folders.list(folder).stream().filter(file -> file.toString().endsWith(suffix)).count();
    } catch (IOException e) {
      LOG.debug("the files of the index {} cannot be listed", folder, e);
      return 0;
    }
  }

  /** Whether a failure says that what was read is not what was written. */
  static boolean isCorruption(RocksDBException e) {
    Status status = e.getStatus();
    return status != null && status.getCode() == Status.Code.Corruption;
  }

  /** Closes it when nobody uses it any more; does nothing the second time. */
  void close() {
    if (!gate.close()) {
      return;
    }
    if (lane != null) {
      tidy(lane);
    }
    if ((lane == null || lane.close()) && gate.awaitEmpty(LAST_USE)) {
      tables.handles().forEach(ColumnFamilyHandle::close);
      writeOptions.close();
      try {
        tables.db().closeE();
      } catch (RocksDBException e) {
        LOG.warn("closing the index {} failed: {}", folder, e.getMessage());
      }
      tuning.close();
      onClosed.run();
    } else {
      // Closing a handle that is in use would end the process. It ends with the process instead,
      // and so does the lock: whoever opened it meanwhile would write the same files.
      LOG.warn("the index {} does not answer and is left open until this process ends", folder);
    }
  }

  private void tidy(WriteLane last) {
    try {
      last.run(() -> new Tidying(tables).run(count(".log")), () -> {}, LAST_USE);
    } catch (CacheUnavailableException e) {
      LOG.debug("the index {} is closed as it is: {}", folder, e.getMessage());
    }
  }
}
