package dev.reprise.cache.store;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.PartitionRef.Location;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A store that leaves all to another one, for those that do some of it themselves. */
public abstract class ForwardingResultStore implements ResultStore {
  private final ResultStore store;

  /**
   * @param store does what a subclass does not
   */
  protected ForwardingResultStore(ResultStore store) {
    this.store = store;
  }

  @Override
  public BlobWriter write(String run, String attempt, int inlineLimit) throws IOException {
    return store.write(run, attempt, inlineLimit);
  }

  @Override
  public long freeSpaceFloor() {
    return store.freeSpaceFloor();
  }

  @Override
  public Location.Stored publish(Location.Pending pending) throws IOException {
    return store.publish(pending);
  }

  @Override
  public void discard(Location.Pending pending) {
    store.discard(pending);
  }

  @Override
  public Presence presence(Location.Pending pending) {
    return store.presence(pending);
  }

  @Override
  public Presence presence(Fingerprint address, long size) {
    return store.presence(address, size);
  }

  @Override
  public Payload read(Location location) {
    return store.read(location);
  }

  @Override
  public boolean quarantine(BlobRef blob) throws IOException {
    return store.quarantine(blob);
  }

  @Override
  public void forEachQuarantined(BlobVisitor each) throws IOException {
    store.forEachQuarantined(each);
  }

  @Override
  public void removeQuarantined(Instant moment) throws IOException {
    store.removeQuarantined(moment);
  }

  @Override
  public boolean delete(Fingerprint address) throws IOException {
    return store.delete(address);
  }

  @Override
  public boolean delete(Fingerprint address, Instant since) throws IOException {
    return store.delete(address, since);
  }

  @Override
  public void writeManifest(String run, StoredManifest manifest) throws IOException {
    store.writeManifest(run, manifest);
  }

  @Override
  public void removeManifests(String scope, Fingerprint key, @Nullable Bytes keep)
      throws IOException {
    store.removeManifests(scope, key, keep);
  }

  @Override
  public void removeManifests(String scope, Collection<Fingerprint> keys) throws IOException {
    store.removeManifests(scope, keys);
  }

  @Override
  public void sync() throws IOException {
    store.sync();
  }

  @Override
  public void forEachManifest(Consumer<StoredManifest> each, Consumer<String> unreadable)
      throws IOException {
    store.forEachManifest(each, unreadable);
  }

  @Override
  public void forEachManifestOfOthers(Consumer<StoredManifest> each, Consumer<String> unreadable)
      throws IOException {
    store.forEachManifestOfOthers(each, unreadable);
  }

  @Override
  public void forEachBlob(BlobVisitor each) throws IOException {
    store.forEachBlob(each);
  }

  @Override
  public void forEachTemporary(TemporaryVisitor each) throws IOException {
    store.forEachTemporary(each);
  }

  @Override
  public void sweep(Leftovers leftovers) throws IOException {
    store.sweep(leftovers);
  }
}
