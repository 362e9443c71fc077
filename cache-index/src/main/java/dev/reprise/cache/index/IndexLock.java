package dev.reprise.cache.index;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.reprise.cache.base.Ticker;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The right to write an index, held by one process at a time. The operating system ends it with the
 * process, however that dies, so a lock is never stale.
 */
final class IndexLock implements AutoCloseable {
  /*
   * RocksDB has a lock of its own, but tells nobody who holds it and shuffles its log files before it
   * asks. So ours comes first. A POSIX lock belongs to the process, and closing any channel of the
   * file ends it: hence the table of what this process holds, which is asked before a channel is
   * opened. It lies in the system properties because what it stands for, the operating system's
   * table, is one for the whole process too: a static field would be one for each class loader that
   * has loaded this class.
   */

  /** The file that is locked; it stays empty. */
  static final String LOCK_FILE = "owner.lock";

  /** The file in which the holder says who it is. */
  static final String OWNER_FILE = "owner";

  private static final String HELD_HERE = "dev.reprise.cache.index.held:";
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(100);

  private final Path folder;
  private final FileChannel channel;

  private IndexLock(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /**
   * Takes the lock, waiting for whoever has it.
   *
   * @param folder of the index, by its real path
   * @param self what others are told who wait for this process
   * @throws IndexLockedException if it is not free in time, or if the thread is interrupted
   * @throws CacheUnavailableException if locks do not work there
   * @throws IOException if the lock's files cannot be written
   */
  static IndexLock take(
      Path folder,
      Holder self,
      Duration timeout,
      LockWatcher watcher,
      Ticker ticker,
      FileLocking locking)
      throws IndexLockedException, CacheUnavailableException, IOException {
    long start = ticker.nanos();
    while (true) {
      IndexLock lock = tryTake(folder, self, locking);
      if (lock != null) {
        return lock;
      }
      Holder holder = Holder.read(folder.resolve(OWNER_FILE));
      Duration soFar = Duration.ofNanos(ticker.nanos() - start);
      if (Thread.currentThread().isInterrupted()) {
        throw new IndexLockedException(
            "interrupted while waiting for the index " + folder + ", held by " + holder, holder);
      }
      if (soFar.compareTo(timeout) >= 0) {
        throw new IndexLockedException(
            "the index "
                + folder
                + " is held by "
                + holder
                + ", waited "
                + soFar.toSeconds()
                + " s: wait for it to end, raise --lock-timeout, or run with --cache=read or another"
                + " --home",
            holder);
      }
      watcher.waiting(holder, soFar);
      LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
    }
  }

  /**
   * Whether anybody has the lock; false if it cannot be asked for.
   *
   * @param folder of the index, by its real path
   */
  static boolean isHeld(Path folder) {
    if (System.getProperties().putIfAbsent(HELD_HERE + folder, "") != null) {
      return true;
    }
    try (FileChannel channel = FileChannel.open(folder.resolve(LOCK_FILE), WRITE);
        FileLock lock = channel.tryLock()) {
      return lock == null;
    } catch (IOException | UnsupportedOperationException e) {
      return false; // not there, not ours to write, or where nothing can be locked
    } finally {
      System.clearProperty(HELD_HERE + folder);
    }
  }

  private static @Nullable IndexLock tryTake(Path folder, Holder self, FileLocking locking)
      throws CacheUnavailableException, IOException {
    if (System.getProperties().putIfAbsent(HELD_HERE + folder, "") != null) {
      return null;
    }
    FileChannel channel = null;
    try {
      channel = FileChannel.open(folder.resolve(LOCK_FILE), CREATE, WRITE);
      if (tryLock(folder, channel, locking) != null) {
        self.write(folder.resolve(OWNER_FILE));
        return new IndexLock(folder, channel);
      }
    } catch (IOException | CacheUnavailableException | RuntimeException e) {
      release(folder, channel);
      throw e;
    }
    release(folder, channel);
    return null;
  }

  private static @Nullable FileLock tryLock(Path folder, FileChannel channel, FileLocking locking)
      throws CacheUnavailableException {
    try {
      return locking.tryLock(channel);
    } catch (IOException | UnsupportedOperationException e) {
      throw new CacheUnavailableException(
          "the index "
              + folder
              + " lies on a file system without locks ("
              + e.getMessage()
              + "), where two processes would ruin it: name a --home on a local disk, which may have"
              + " its --store here, or --cache=read to reuse what is there",
          e);
    }
  }

  private static void release(Path folder, @Nullable FileChannel channel) throws IOException {
    try {
      if (channel != null) {
        channel.close();
      }
    } finally {
      System.clearProperty(HELD_HERE + folder);
    }
  }

  /** Gives the lock up; does nothing the second time. */
  @Override
  public void close() throws IOException {
    if (channel.isOpen()) {
      try {
        Files.deleteIfExists(folder.resolve(OWNER_FILE));
      } finally {
        release(folder, channel);
      }
    }
  }
}
