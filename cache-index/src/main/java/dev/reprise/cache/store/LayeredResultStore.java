package dev.reprise.cache.store;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.PartitionRef.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A store that may only be read, with one above it that takes what is written. What lies below is
 * never changed; a blob that is damaged there is served from above once it is published again.
 *
 * <p>The folder of the one above names the one below, so that workers, who know a store by its
 * folder, have both.
 */
public final class LayeredResultStore extends ForwardingResultStore {
  /** A file in the folder above, with the path of the folder below. */
  private static final String BELOW = "below";

  private final ResultStore above;
  private final ResultStore below;

  /**
   * @param above takes what is written
   * @param below is asked for published blobs and manifests that are not above
   */
  public LayeredResultStore(ResultStore above, ResultStore below) {
    super(above);
    this.above = above;
    this.below = below;
  }

  /**
   * Puts a store above one that may only be read.
   *
   * @param above is below none yet; {@link #open} finds both in its folder from now on
   * @throws IOException if its folder cannot be written
   */
  public static ResultStore put(FileResultStore above, FileResultStore below) throws IOException {
    Files.writeString(above.folder().resolve(BELOW), below.folder().toString());
    return new LayeredResultStore(above, below);
  }

  /**
   * Opens the store in {@code folder}, with the one below it if there is one: for workers, as
   * {@link FileResultStore#open}.
   *
   * @throws IOException if either is not there or cannot be used; the message says what to do
   */
  public static ResultStore open(Path folder, FileResultStore.Settings settings)
      throws IOException {
    FileResultStore above = FileResultStore.open(folder, settings);
    Path below = below(above.folder());
    return below == null
        ? above
        : new LayeredResultStore(above, FileResultStore.open(below, settings));
  }

  /** The folder of the store below the one in {@code folder}; null if there is none. */
  static @Nullable Path below(Path folder) throws IOException {
    Path named = folder.resolve(BELOW);
    return Files.exists(named) ? Path.of(Files.readString(named)) : null;
  }

  private ResultStore holder(Fingerprint address, long size) {
    return above.presence(address, size) == Presence.MISSING ? below : above;
  }

  @Override
  public Presence presence(Fingerprint address, long size) {
    return holder(address, size).presence(address, size);
  }

  @Override
  public Payload read(Location location) {
    return location instanceof Location.Stored stored
        ? holder(stored.blob().address(), stored.blob().size()).read(location)
        : above.read(location);
  }

  @Override
  public void forEachManifest(Consumer<StoredManifest> each, Consumer<String> unreadable)
      throws IOException {
    below.forEachManifest(each, unreadable);
    above.forEachManifest(each, unreadable);
  }

  @Override
  public void forEachManifestOfOthers(Consumer<StoredManifest> each, Consumer<String> unreadable)
      throws IOException {
    forEachManifest(each, unreadable);
  }

  @Override
  public void forEachBlob(BlobVisitor each) throws IOException {
    below.forEachBlob(each);
    above.forEachBlob(each);
  }
}
