package dev.reprise.cache.store;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.base.Folders;
import dev.reprise.cache.base.KillPoints;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.TemporaryFiles.TemporaryFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A result store in a folder, on this machine's disk or on one that all workers share. Several
 * processes may use it at once; none needs a lock.
 */
public final class FileResultStore implements ResultStore {
  /*
   * A file gets its final name only when it is complete and its bytes are durable, by a link that
   * fails if the name is taken [1]. So whatever has a final name is whole, unless the disk or somebody
   * broke it later; readers check sizes and digests for that. A crash leaves at most files under tmp,
   * which sweep() removes once their run is over, and names that were not yet durable: those are gone
   * after a power loss, and nothing else with them, since index entries are written after sync().
   *
   * [1] docs/adr/0003-commit-protocol.md
   */

  private final StoreFolder folder;
  private final KillPoints killPoints;
  private final long freeSpaceFloor;
  private final UnsyncedFolders unsynced;
  private final TemporaryFiles temporaries;
  private final BlobFiles blobs;
  private final ManifestFiles manifests;

  /** Why nothing is written; null if it is. */
  private final @Nullable String readOnly;

  /**
   * How a store behaves.
   *
   * @param freeSpaceFloor nothing is written if less is free on the disk, in bytes
   * @param killPoints told of C1 and C2
   * @param clock the one that the files' times are made by
   */
  public record Settings(long freeSpaceFloor, KillPoints killPoints, InstantSource clock) {
    /** A floor of 64 MiB. */
    public static final Settings STANDARD = new Settings(64L << 20, KillPoints.NONE);

    /** Those of a worker, which keeps to the floor of its driver. */
    public static Settings ofWorker(long freeSpaceFloor) {
      return new Settings(freeSpaceFloor, KillPoints.NONE);
    }

    /** Settings by this machine's clock. */
    public Settings(long freeSpaceFloor, KillPoints killPoints) {
      this(freeSpaceFloor, killPoints, InstantSource.system());
    }
  }

  private FileResultStore(Path root, Settings settings) {
    folder = new StoreFolder(root);
    killPoints = settings.killPoints;
    freeSpaceFloor = settings.freeSpaceFloor;
    unsynced = new UnsyncedFolders(folder);
    temporaries =
        new TemporaryFiles(
            folder,
            new FreeSpace(
                root.toString(), settings.freeSpaceFloor, () -> Folders.usableSpace(root)));
    blobs = new BlobFiles(folder, unsynced, temporaries, settings.clock);
    manifests = new ManifestFiles(folder, unsynced, temporaries, "");
    readOnly = null;
  }

  private FileResultStore(FileResultStore shared, String home, @Nullable String readOnly) {
    folder = shared.folder;
    killPoints = shared.killPoints;
    freeSpaceFloor = shared.freeSpaceFloor;
    unsynced = shared.unsynced;
    temporaries = shared.temporaries;
    blobs = shared.blobs;
    manifests = new ManifestFiles(folder, unsynced, temporaries, home);
    this.readOnly = readOnly;
  }

  /**
   * The same store as a home uses it: the manifests that it keeps are its own, and it removes no
   * other home's. Without a home they are everybody's.
   *
   * @param name tells homes that share a store apart, and stays the same for the life of the home;
   *     not empty
   */
  public FileResultStore forHome(String name) {
    checkArgument(!name.isEmpty(), "a home without a name would remove everybody's manifests");
    return new FileResultStore(this, name, readOnly);
  }

  /**
   * The same store for a worker that writes no blob to it.
   *
   * @param why for people
   */
  FileResultStore onlyRead(String why) {
    return new FileResultStore(this, "", why);
  }

  /**
   * Opens the store in {@code folder}; an empty or missing folder becomes one.
   *
   * @throws IOException if the folder holds something else, or a store of a newer layout, or cannot
   *     be used; the message says what to do
   */
  public static FileResultStore openOrMake(Path folder, Settings settings) throws IOException {
    return new FileResultStore(StoreMarker.openOrMake(folder), settings);
  }

  /**
   * Opens the store in {@code folder}, which must be one already: for workers, which thereby learn
   * that they reach the store that the driver uses.
   *
   * @throws IOException if it is not there, or as {@link #openOrMake}
   */
  public static FileResultStore open(Path folder, Settings settings) throws IOException {
    return new FileResultStore(StoreMarker.open(folder), settings);
  }

  /**
   * Why files cannot be written into it; null if they can, as far as there is space. It may be read
   * all the same.
   */
  public @Nullable IOException whyNotWritable() {
    TemporaryFile probe = temporaries.of("probe", "probe");
    try {
      probe.create().close();
      return null;
    } catch (StoreFullException e) {
      return null;
    } catch (IOException e) {
      return e;
    } finally {
      probe.remove();
    }
  }

  /** The folder, by its real path. */
  public Path folder() {
    return folder.root();
  }

  @Override
  public BlobWriter write(String run, String attempt, int inlineLimit) {
    String why = readOnly;
    FileBlobWriter.Temporary file =
        why == null ? temporaries.of(run, attempt) : new RefusedFile(why);
    return new FileBlobWriter(file, inlineLimit, killPoints);
  }

  @Override
  public long freeSpaceFloor() {
    return freeSpaceFloor;
  }

  @Override
  public Location.Stored publish(Location.Pending pending) throws IOException {
    blobs.publish(folder.temporary(pending.temporary()), pending.blob());
    return new Location.Stored(pending.blob());
  }

  @Override
  public void discard(Location.Pending pending) {
    temporaries.remove(folder.temporary(pending.temporary()));
  }

  @Override
  public Presence presence(Location.Pending pending) {
    Presence temporary =
        BlobFiles.presence(folder.temporary(pending.temporary()), pending.blob().size());
    return temporary == Presence.MISSING ? blobs.presence(pending.blob()) : temporary;
  }

  @Override
  public Presence presence(Fingerprint address, long size) {
    return blobs.presence(address, size);
  }

  @Override
  public Payload read(Location location) {
    return location.fold(
        inline -> new InlinePayload(inline.bytes()),
        stored -> blobs.read(stored.blob()),
        pending -> blobs.read(pending));
  }

  @Override
  public boolean quarantine(BlobRef blob) throws IOException {
    return blobs.quarantine(blob);
  }

  @Override
  public void forEachQuarantined(BlobVisitor each) throws IOException {
    blobs.forEachQuarantined(each);
  }

  @Override
  public void removeQuarantined(Instant moment) throws IOException {
    blobs.removeQuarantined(moment);
  }

  @Override
  public boolean delete(Fingerprint address) throws IOException {
    return blobs.delete(address);
  }

  @Override
  public boolean delete(Fingerprint address, Instant since) throws IOException {
    return blobs.delete(address, since);
  }

  @Override
  public void writeManifest(String run, StoredManifest manifest) throws IOException {
    manifests.write(run, manifest);
  }

  @Override
  public void removeManifests(String scope, Fingerprint key, @Nullable Bytes keep)
      throws IOException {
    manifests.remove(scope, key, keep);
  }

  @Override
  public void removeManifests(String scope, Collection<Fingerprint> keys) throws IOException {
    manifests.removeAll(scope, keys);
  }

  @Override
  public void sync() throws IOException {
    unsynced.sync();
  }

  @Override
  public void forEachManifest(Consumer<StoredManifest> each, Consumer<String> unreadable)
      throws IOException {
    manifests.forEach(each, unreadable);
  }

  @Override
  public void forEachManifestOfOthers(Consumer<StoredManifest> each, Consumer<String> unreadable)
      throws IOException {
    manifests.forEachOfOthers(each, unreadable);
  }

  @Override
  public void forEachBlob(BlobVisitor each) throws IOException {
    blobs.forEach(each);
  }

  @Override
  public void forEachTemporary(TemporaryVisitor each) throws IOException {
    temporaries.forEach(each);
  }

  @Override
  public void sweep(Leftovers leftovers) throws IOException {
    temporaries.sweep(leftovers);
  }
}
