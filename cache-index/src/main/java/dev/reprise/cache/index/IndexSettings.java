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
 * @param command tells others who wait what this process runs, such as {@code reprise run flights}
 * @param lockTimeout how long to wait for another process that holds the index
 * @param watcher told who is waited for
 * @param clock by which entries expire
 * @param ticker by which waiting is measured
 * @param readers number of threads that answer one large look-up, the caller's among them
 * @param freeSpaceFloor nothing is written if less is free on the disk, in bytes
 * @param patience how long a write may take before what is written goes without it; see {@link
 *     WriteLane}
 * @param start what is begun with
 */
public record IndexSettings(
    Path folder,
    Scope scope,
    ResultStore store,
    String command,
    Duration lockTimeout,
    LockWatcher watcher,
    InstantSource clock,
    Ticker ticker,
    int readers,
    long freeSpaceFloor,
    Duration patience,
    Start start) {
  /** How long a write may take, unless another patience is asked for. */
  public static final Duration PATIENCE = Duration.ofSeconds(2);

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

  public IndexSettings {
    checkArgument(readers > 0, "an index needs a reader, not %s", readers);
    checkArgument(!lockTimeout.isNegative(), "lock timeout is negative: %s", lockTimeout);
  }

  /**
   * Settings that wait 5 minutes for the lock and 2 seconds for a write, by this machine's clock.
   */
  public static IndexSettings of(Path folder, Scope scope, ResultStore store) {
    return new IndexSettings(
        folder,
        scope,
        store,
        "",
        Duration.ofMinutes(5),
        (holder, soFar) -> {},
        InstantSource.system(),
        Ticker.system(),
        Math.min(MOST_READERS, Runtime.getRuntime().availableProcessors()),
        64L << 20,
        PATIENCE,
        Start.SOUND_OR_EMPTY);
  }

  /** The same with another command. */
  public IndexSettings withCommand(String other) {
    return new IndexSettings(
        folder,
        scope,
        store,
        other,
        lockTimeout,
        watcher,
        clock,
        ticker,
        readers,
        freeSpaceFloor,
        patience,
        start);
  }

  /** The same with another way to wait for the lock. */
  public IndexSettings withLock(Duration timeout, LockWatcher other) {
    return new IndexSettings(
        folder,
        scope,
        store,
        command,
        timeout,
        other,
        clock,
        ticker,
        readers,
        freeSpaceFloor,
        patience,
        start);
  }

  /** The same with another time. */
  public IndexSettings withTime(InstantSource otherClock, Ticker otherTicker) {
    return new IndexSettings(
        folder,
        scope,
        store,
        command,
        lockTimeout,
        watcher,
        otherClock,
        otherTicker,
        readers,
        freeSpaceFloor,
        patience,
        start);
  }

  /** The same with another number of readers. */
  public IndexSettings withReaders(int other) {
    return new IndexSettings(
        folder,
        scope,
        store,
        command,
        lockTimeout,
        watcher,
        clock,
        ticker,
        other,
        freeSpaceFloor,
        patience,
        start);
  }

  /** The same with another floor and another patience. */
  public IndexSettings withLimits(long otherFloor, Duration otherPatience) {
    return new IndexSettings(
        folder,
        scope,
        store,
        command,
        lockTimeout,
        watcher,
        clock,
        ticker,
        readers,
        otherFloor,
        otherPatience,
        start);
  }

  /** The same with another beginning. */
  public IndexSettings withStart(Start other) {
    return new IndexSettings(
        folder,
        scope,
        store,
        command,
        lockTimeout,
        watcher,
        clock,
        ticker,
        readers,
        freeSpaceFloor,
        patience,
        other);
  }
}
