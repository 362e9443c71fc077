package dev.reprise.cache.store;

import dev.reprise.cache.store.PartitionRef.Location;
import java.io.IOException;
import java.util.function.Consumer;
import java.util.function.Predicate;

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
   * @param run and {@code attempt} name the temporary file, so that no two attempts share one
   * @param inlineLimit results of at most so many bytes are returned inline, in bytes
   * @throws StoreFullException if there is less free space than the floor
   */
  BlobWriter write(String run, String attempt, int inlineLimit) throws IOException;

  /**
   * Publishes a pending blob under its address; it is durable when this returns. A blob that is
   * there already with the right size stays as it is, and the temporary file is dropped.
   *
   * @throws DamagedBlobException if the temporary file is gone or has another size than was
   *     reported
   */
  Location.Stored publish(Location.Pending pending) throws IOException;

  /** Drops a pending blob that will not be published; does nothing if it is gone. */
  void discard(Location.Pending pending);

  /** Whether the blob is there with its size. Does not read it. */
  Presence presence(BlobRef blob);

  /** The checked bytes of a location, wherever they are. */
  Payload read(Location location);

  /**
   * Moves a blob that failed its check aside, so that it is neither served nor taken for published
   * again.
   */
  void quarantine(BlobRef blob);

  /** Writes the record from which {@code cache rebuild} makes the index entry anew; durable. */
  void writeManifest(StoredManifest manifest) throws IOException;

  /** Calls {@code each} for every readable manifest, in no order; unreadable ones are reported. */
  void forEachManifest(Consumer<StoredManifest> each, Consumer<String> unreadable)
      throws IOException;

  /** Removes temporary files of runs that {@code isDead} says are over. */
  void sweep(Predicate<String> isDead);

  /** What is known of a blob without reading it. */
  enum Presence {
    /** There, with the size it should have. */
    PRESENT,
    /** Not there. */
    MISSING,
    /** There, with another size. */
    DAMAGED
  }
}
