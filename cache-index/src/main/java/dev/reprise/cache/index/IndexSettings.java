package dev.reprise.cache.index;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.store.ResultStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;

/**
 * What an index is opened with.
 *
 * @param folder of the index; made if it is not there
 * @param scope whose entries are shown
 * @param store asked for the blobs of entries
 * @param lock how the right to write it is taken
 * @param time by which entries expire and waiting is measured
 * @param readers number of threads that answer one large look-up, the caller's among them
 * @param floor nothing is written if less is free on the disk, in bytes; 0 to write as long as
 *     there is room, also what is held in reserve, so that entries can be removed on a full disk
 * @param start what is begun with
 */
public record IndexSettings(
    Path folder,
    Scope scope,
    ResultStore store,
    Lock lock,
    Time time,
    int readers,
    long floor,
    Start start) {
  private static final int MOST_READERS = 4;

  /** What an index begins with. */
  public enum Start {
    /** With what is there; if that is damaged, it is moved aside, and the index begins empty. */
    SOUND_OR_EMPTY,
    /** With what is there; if that is damaged, it stays as it is and cannot be opened. */
    SOUND,
    /** Empty; what is there is moved aside. */
    EMPTY
  }

  /**
   * How the right to write an index is taken.
   *
   * @param command tells others who wait what this process runs, such as {@code reprise run
   *     flights}
   * @param timeout how long to wait for another process that holds the index
   * @param watcher told who is waited for
   * @param locking how its file is locked
   */
  public record Lock(String command, Duration timeout, LockWatcher watcher, FileLocking locking) {
    public Lock {
      checkArgument(!timeout.isNegative(), "lock timeout is negative: %s", timeout);
    }
  }

  /**
   * The time of an index.
   *
   * @param clock by which entries expire
   * @param ticker by which waiting is measured
   */
  public record Time(InstantSource clock, Ticker ticker) {}

  public IndexSettings {
    checkArgument(readers > 0, "an index needs a reader, not %s", readers);
  }

  /** Settings that wait 5 minutes for the lock, by this machine's clock. */
  public static IndexSettings of(Path folder, Scope scope, ResultStore store) {
    return new IndexSettings(
        folder,
        scope,
        store,
        new Lock("", Duration.ofMinutes(5), (holder, soFar) -> {}, FileLocking.SYSTEM),
        new Time(InstantSource.system(), Ticker.system()),
        Math.min(MOST_READERS, Runtime.getRuntime().availableProcessors()),
        64L << 20,
        Start.SOUND_OR_EMPTY);
  }

  /** The same with another command. */
  public IndexSettings withCommand(String other) {
    return withLock(new Lock(other, lock.timeout, lock.watcher, lock.locking));
  }

  /** The same with another way to wait for the lock. */
  public IndexSettings withLock(Duration timeout, LockWatcher watcher) {
    return withLock(new Lock(lock.command, timeout, watcher, lock.locking));
  }

  /** The same with another way to lock a file. */
  public IndexSettings withLocking(FileLocking other) {
    return withLock(new Lock(lock.command, lock.timeout, lock.watcher, other));
  }

  private IndexSettings withLock(Lock other) {
    return new IndexSettings(folder, scope, store, other, time, readers, floor, start);
  }

  /** The same with another time. */
  public IndexSettings withTime(InstantSource clock, Ticker ticker) {
    Time other = new Time(clock, ticker);
    return new IndexSettings(folder, scope, store, lock, other, readers, floor, start);
  }

  /** The same with another number of readers. */
  public IndexSettings withReaders(int other) {
    return new IndexSettings(folder, scope, store, lock, time, other, floor, start);
  }

  /** The same with another floor. */
  public IndexSettings withFloor(long other) {
    return new IndexSettings(folder, scope, store, lock, time, readers, other, start);
  }

  /** The same with another beginning. */
  public IndexSettings withStart(Start other) {
    return new IndexSettings(folder, scope, store, lock, time, readers, floor, other);
  }
}
