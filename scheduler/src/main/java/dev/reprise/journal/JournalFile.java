package dev.reprise.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The writing end of a journal. The first record is in the file when it is made; of a run that is
 * killed at once it is still known whose it was. Appending costs a copy in memory; a thread of its
 * own writes once there are 128 KiB, and syncs every half second or 16 MiB, when asked to and at
 * the end, so that a slow disk does not hold up the run. The same thread writes what else the run
 * leaves on that disk.
 *
 * <p>After a failure nothing more is written, and every call throws what happened.
 */
final class JournalFile implements Closeable {
  /*
   * lock guards pending, chores, closing, syncing and failure. The writer thread alone touches the channel: it
   * swaps the two buffers under the lock and writes without it. Appending waits when pending is full,
   * which is only when the disk is slower than the run for MOST_PENDING bytes; that wait, as that for
   * the end, is bounded: the disk must take something within PATIENCE.
   *
   * A killed process leaves the file with some whole frames and at most one torn one, since bytes are
   * appended in order; a power cut may tear what was not synced anywhere. Each frame carries its checksum,
   * and reading ends at the first that is not whole.
   */
  private static final int MOST_PENDING = 64 << 20;
  private static final int WRITE_BYTES = 128 << 10;
  private static final int SYNC_BYTES = 16 << 20;
  private static final Duration SYNC = Duration.ofMillis(500);
  private static final long PATIENCE_SECONDS = 20;

  /** What a chore weighs beside its bytes: a file of a few bytes is as slow as one of this size. */
  private static final int CHORE_BYTES = 4 << 10;

  private final Path path;
  private final FileChannel channel;
  private final Thread writer;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private PagedBuffer pending = new PagedBuffer();
  private List<Runnable> chores = new ArrayList<>();
  private long choreBytes;
  private boolean closing;
  private boolean syncing;
  private final AtomicLong progress = new AtomicLong();
  private @Nullable IOException failure;

  /** Bytes written since the last sync; belongs to the writer thread once it runs. */
  private long unsynced;

  /** For how long the writer thread, whose this is, may yet wait before it syncs. */
  private long untilSync;

  private final long syncNanos;

  /** Bytes appended so far; belongs to the appending thread. */
  private long position;

  /**
   * Creates the file, with a frame for the first record.
   *
   * @throws IOException if it exists or cannot be written
   */
  JournalFile(Path path, RecordWriter first) throws IOException {
    this(path, first, SYNC);
  }

  /**
   * @param sync after how long at the latest what was appended is synced
   */
  JournalFile(Path path, RecordWriter first, Duration sync) throws IOException {
    this.path = path;
    this.syncNanos = sync.toNanos();
    this.untilSync = syncNanos;
    this.channel =
        FileChannel.open(
            path,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PrivateFiles.mode(path, "rw-------"));
    this.writer = new Thread(this::writeUntilClosed, "reprise-journal");
    writer.setDaemon(true);
    byte[] magic = JournalFormat.magic();
    pending.put(magic, magic.length);
    position = magic.length;
    put(first);
    try {
      transfer(pending);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    writer.start();
  }

  /** Where the next frame will begin, in bytes from the beginning of the file. */
  long position() {
    return position;
  }

  /**
   * Appends a frame with this record.
   *
   * @throws IOException if this or an earlier frame could not be written
   */
  void append(RecordWriter record) throws IOException {
    lock.lock();
    try {
      awaitRoom(record.size());
      put(record);
      if (pending.size() >= WRITE_BYTES) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Has the writer thread write something beside the journal.
   *
   * @param bytes how much it writes
   * @param chore throws nothing
   * @throws IOException if earlier frames could not be written
   */
  void append(int bytes, Runnable chore) throws IOException {
    lock.lock();
    try {
      awaitRoom(bytes + CHORE_BYTES);
      chores.add(chore);
      choreBytes += bytes + CHORE_BYTES;
    } finally {
      lock.unlock();
    }
  }

  /** Has the writer thread write and sync what was appended, beside what its caller does next. */
  void syncSoon() {
    lock.lock();
    try {
      syncing = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private long pendingBytes() {
    return pending.size() + choreBytes;
  }

  private void put(RecordWriter record) {
    int size = record.size();
    try {
      pending.putInt(size);
      pending.putInt(JournalFrames.checksum(record.array(), size));
      pending.put(record.array(), size);
    } catch (OutOfMemoryError e) {
      failure = new IOException(e); // what followed a frame that was cut could not be read
      throw e;
    }
    position += JournalFormat.FRAME_BYTES + size;
  }

  private void awaitRoom(int size) throws IOException {
    long left = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    long seen = progress.get();
    while (failure == null && pendingBytes() > 0 && pendingBytes() + size > MOST_PENDING) {
      if (seen != progress.get()) {
        seen = progress.get();
        left = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
      }
      if (left <= 0) {
        throw new IOException("%s takes no bytes for %s s".formatted(path, PATIENCE_SECONDS));
      }
      changed.signalAll();
      try {
        left = changed.awaitNanos(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while waiting for " + path, e);
      }
    }
    checkWritable();
  }

  private void checkWritable() throws IOException {
    if (failure != null) {
      throw new IOException("cannot write " + path + ": " + failure.getMessage(), failure);
    }
  }

  private void writeUntilClosed() {
    PagedBuffer taken = new PagedBuffer();
    try (channel) {
      boolean last;
      do {
        boolean sync;
        List<Runnable> beside;
        lock.lock();
        try {
          PagedBuffer full = awaitWork();
          pending = taken;
          taken = full;
          beside = chores;
          chores = new ArrayList<>();
          choreBytes = 0;
          last = closing;
          sync = last || syncing || !beside.isEmpty();
          syncing = false;
          changed.signalAll();
        } finally {
          lock.unlock();
        }
        write(taken, sync);
        for (Runnable chore : beside) {
          chore.run();
          progress.incrementAndGet();
        }
      } while (!last);
    } catch (IOException e) {
      fail(e);
    } catch (Throwable e) { // such as too little memory: whoever closes must hear of it
      fail(new IOException(e));
    }
  }

  /**
   * Waits for enough to write, until it is time to sync or somebody asks for it, or for the end.
   */
  private PagedBuffer awaitWork() throws IOException {
    try {
      while (untilSync > 0 && !closing && !syncing && pendingBytes() < WRITE_BYTES) {
        untilSync = changed.awaitNanos(untilSync);
      }
    } catch (InterruptedException e) {
      throw new IOException("the thread that writes " + path + " was interrupted", e);
    }
    return pending;
  }

  /**
   * @param sync whether to sync in any case, as before what may take long
   */
  private void write(PagedBuffer buffer, boolean sync) throws IOException {
    if (buffer.size() > 0) {
      transfer(buffer);
    }
    if (untilSync > 0 && unsynced < SYNC_BYTES && !sync) {
      return;
    }
    if (unsynced > 0) {
      channel.force(false);
      unsynced = 0;
    }
    untilSync = syncNanos;
  }

  private void transfer(PagedBuffer buffer) throws IOException {
    buffer.transfer(
        channel,
        bytes -> {
          unsynced += bytes;
          progress.incrementAndGet();
        });
  }

  private void fail(IOException why) {
    lock.lock();
    try {
      failure = why;
      pending.clear();
      chores.clear();
      choreBytes = 0;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Lets go of a journal that takes nothing any more: its thread ends when the disk lets it. */
  void abandon() {
    lock.lock();
    try {
      closing = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Writes and syncs what was appended.
   *
   * @throws IOException if that fails or takes too long
   */
  @Override
  public void close() throws IOException {
    abandon();
    try {
      long seen;
      do {
        seen = progress.get();
        writer.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
      } while (writer.isAlive() && seen != progress.get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while closing " + path, e);
    }
    lock.lock();
    try {
      checkWritable();
      if (writer.isAlive()) {
        throw new IOException("%s takes no bytes for %s s".formatted(path, PATIENCE_SECONDS));
      }
    } finally {
      lock.unlock();
    }
  }
}
