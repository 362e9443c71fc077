package dev.reprise.cache.store;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.PartitionRef.Location;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the bytes of results live: content-addressed blobs that never change, and the manifests
 * that name them. Workers write blobs under temporary names; the driver alone publishes.
 *
 * <p>All methods may be called from several threads and, on a shared file system, from several
 * machines.
 */
public interface ResultStore {
  /**
   * Opens a writer for one partition made by {@code attempt} of {@code run}.
   *
   * @param run and {@code attempt} name the temporary file, so that no two attempts share one: 1 to
   *     100 letters, digits, {@code .}, {@code _} or {@code -}, the first a letter or digit
   * @param inlineLimit results of at most so many bytes are returned inline, in bytes
   * @throws StoreFullException from writing past the limit, if there is less free space than the
   *     floor; the result cannot be kept
   */
  BlobWriter write(String run, String attempt, int inlineLimit) throws IOException;

  /**
   * Nothing is written if less is free on the disk, in bytes; 0 if the store has none. Whoever
   * opens the same store elsewhere for the same run keeps to the same floor.
   */
  default long freeSpaceFloor() {
    return 0;
  }

  /**
   * Publishes a pending blob under its address; durable after the next {@link #sync}. A blob that
   * is there already with the right size stays as it is, one of another size is replaced, and the
   * temporary file is dropped. Publishing a second time does nothing.
   *
   * @throws DamagedBlobException if the temporary file is gone or has another size than was
   *     reported and the blob was not published before
   */
  Location.Stored publish(Location.Pending pending) throws IOException;

  /** Drops a pending blob that will not be published; does nothing if it is gone. */
  void discard(Location.Pending pending);

  /** Whether {@link #publish} would find the temporary file with the size that was reported. */
  Presence presence(Location.Pending pending);

  /** Whether the blob at {@code address} is there with {@code size} bytes. Does not read it. */
  Presence presence(Fingerprint address, long size);

  /**
   * Whether every published blob of {@code manifest} is known to be there with its size. Reads
   * none.
   */
  default boolean holds(Manifest manifest) {
    return manifest.blobs().stream()
        .allMatch(blob -> presence(blob.address(), blob.size()) == Presence.PRESENT);
  }

  /**
   * The checked bytes of a location, wherever they are. Does not look yet: a blob that is not there
   * is found out by opening the payload.
   */
  Payload read(Location location);

  /**
   * Moves a blob that fails its check or cannot be read aside, so that it is neither served nor
   * taken for published again. Checks once more before, since somebody may have replaced it.
   *
   * @return whether a blob was moved
   */
  boolean quarantine(BlobRef blob) throws IOException;

  /**
   * Calls {@code each} for every blob that {@link #quarantine} moved aside and that is kept to be
   * looked at, in no order; its time is when it was moved. A store may keep none.
   */
  default void forEachQuarantined(BlobVisitor each) throws IOException {}

  /** Removes those that were moved aside before {@code moment}. */
  default void removeQuarantined(Instant moment) throws IOException {}

  /** Removes the blob at {@code address}, which no entry may name any more; false if it is gone. */
  boolean delete(Fingerprint address) throws IOException;

  /**
   * Removes the blob at {@code address} unless it was published, or published again, at {@code
   * since} or later: who did so will name it, or reads it without a name. A store that does not
   * know when removes it.
   *
   * @param since by the clock that the store's files have
   * @return false if it is gone, or stays
   */
  default boolean delete(Fingerprint address, Instant since) throws IOException {
    return delete(address);
  }

  /**
   * Keeps the record from which {@code cache rebuild} makes the index entry anew; durable after the
   * next {@link #sync}. Earlier records of the key stay until {@link #removeManifests}.
   *
   * @param run that writes it, as for {@link #write}
   * @throws StoreFullException if there is less free space than the floor
   */
  void writeManifest(String run, StoredManifest manifest) throws IOException;

  /**
   * Removes the records of a key that the home at hand keeps, but for {@code keep}: without them a
   * rebuild revives no entry. Those of other homes that share the store stay.
   */
  void removeManifests(String scope, Fingerprint key, @Nullable Bytes keep) throws IOException;

  /**
   * Removes all records of some keys of a scope, as {@link #removeManifests(String, Fingerprint,
   * Bytes)}.
   */
  default void removeManifests(String scope, Collection<Fingerprint> keys) throws IOException {
    for (Fingerprint key : keys) {
      removeManifests(scope, key, null);
    }
  }

  /**
   * Makes all that was published and all manifests durable that were written through this store.
   */
  void sync() throws IOException;

  /** Calls {@code each} for every readable manifest, in no order; unreadable ones are reported. */
  void forEachManifest(Consumer<StoredManifest> each, Consumer<String> unreadable)
      throws IOException;

  /**
   * Calls {@code each} for every manifest that another home keeps, or that is everybody's, as
   * {@link #forEachManifest}; of the home at hand's own at most some.
   */
  default void forEachManifestOfOthers(Consumer<StoredManifest> each, Consumer<String> unreadable)
      throws IOException {
    forEachManifest(each, unreadable);
  }

  /** Calls {@code each} for every published blob, in no order. */
  void forEachBlob(BlobVisitor each) throws IOException;

  /** Calls {@code each} for every temporary file, in no order. */
  void forEachTemporary(TemporaryVisitor each) throws IOException;

  /**
   * Removes the temporary files that {@code leftovers} names as such. It is asked for each, since a
   * run that nobody knows of may be writing another one right now.
   */
  void sweep(Leftovers leftovers) throws IOException;

  /** Takes temporary files one by one. */
  @FunctionalInterface
  interface TemporaryVisitor {
    /**
     * There is a file of {@code size} bytes that an attempt of {@code run} writes or left.
     *
     * @param written when it was written last, by the clock that the store's files have
     */
    void file(String run, long size, Instant written);
  }

  /** Tells what is being written from what nobody will finish. */
  @FunctionalInterface
  interface Leftovers {
    /**
     * Whether nobody writes or needs a file any more.
     *
     * @param written as for {@link TemporaryVisitor}
     */
    boolean contain(String run, Instant written);
  }

  /** Takes blobs one by one. */
  @FunctionalInterface
  interface BlobVisitor {
    /**
     * There is a blob of {@code size} bytes at {@code address}.
     *
     * @param published when it was published last, by the clock that the store's files have
     */
    void blob(Fingerprint address, long size, Instant published);
  }

  /** What is known of a blob without reading it. */
  enum Presence {
    /** There, with the size it should have. */
    PRESENT,
    /** Not there. */
    MISSING,
    /** There, with another size. */
    DAMAGED,
    /** The store cannot say now: it may be there and sound, so nothing is done about it. */
    UNKNOWN
  }
}
