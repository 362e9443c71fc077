package dev.reprise.cache.testing;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.BlobWriter;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.Payload;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.store.StoredManifest;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A store whose disk fails after so many calls of a kind. */
public final class BrokenStore implements ResultStore {
  public int writes = Integer.MAX_VALUE;
  public int publish = Integer.MAX_VALUE;
  public int manifests = Integer.MAX_VALUE;
  public int syncs = Integer.MAX_VALUE;
  public int reads = Integer.MAX_VALUE;
  private final ResultStore sound;

  /** A store that fails as soon as a number is lowered. */
  public BrokenStore(ResultStore sound) {
    this.sound = sound;
  }

  private static void failIf(boolean over) throws IOException {
    if (over) {
      throw new IOException("disk on fire");
    }
  }

  @Override
  public Location.Stored publish(Location.Pending pending) throws IOException {
    failIf(publish-- <= 0);
    return sound.publish(pending);
  }

  @Override
  public void writeManifest(String run, StoredManifest manifest) throws IOException {
    failIf(manifests-- <= 0);
    sound.writeManifest(run, manifest);
  }

  @Override
  public void sync() throws IOException {
    failIf(syncs-- <= 0);
    sound.sync();
  }

  @Override
  public BlobWriter write(String run, String attempt, int inlineLimit) throws IOException {
    failIf(writes-- <= 0);
    return sound.write(run, attempt, inlineLimit);
  }

  @Override
  public void discard(Location.Pending pending) {
    sound.discard(pending);
  }

  @Override
  public Presence presence(Location.Pending pending) {
    return sound.presence(pending);
  }

  @Override
  public Presence presence(Fingerprint address, long size) {
    return sound.presence(address, size);
  }

  @Override
  public Payload read(Location location) {
    Payload payload = sound.read(location);
    return new Payload() {
      @Override
      public long size() {
        return payload.size();
      }

      @Override
      public InputStream open() throws IOException {
        failIf(reads-- <= 0);
        return payload.open();
      }

      @Override
      public byte[] bytes() throws IOException {
        failIf(reads-- <= 0);
        return payload.bytes();
      }
    };
  }

  @Override
  public boolean quarantine(BlobRef blob) throws IOException {
    return sound.quarantine(blob);
  }

  @Override
  public boolean delete(Fingerprint address) throws IOException {
    return sound.delete(address);
  }

  @Override
  public void removeManifests(String scope, Fingerprint key, @Nullable Bytes keep)
      throws IOException {
    sound.removeManifests(scope, key, keep);
  }

  @Override
  public void forEachManifest(Consumer<StoredManifest> each, Consumer<String> unreadable)
      throws IOException {
    sound.forEachManifest(each, unreadable);
  }

  @Override
  public void forEachBlob(BlobVisitor each) throws IOException {
    sound.forEachBlob(each);
  }

  @Override
  public void forEachTemporary(TemporaryVisitor each) throws IOException {
    sound.forEachTemporary(each);
  }

  @Override
  public void sweep(Leftovers leftovers) throws IOException {
    sound.sweep(leftovers);
  }
}
