package dev.reprise.cache.testing;

import dev.reprise.cache.store.BlobWriter;
import dev.reprise.cache.store.ForwardingResultStore;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.Payload;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.store.StoredManifest;
import java.io.IOException;
import java.io.InputStream;

/** A store whose disk fails after so many calls of a kind. */
public final class BrokenStore extends ForwardingResultStore {
  public int writes = Integer.MAX_VALUE;
  public int publish = Integer.MAX_VALUE;
  public int manifests = Integer.MAX_VALUE;
  public int syncs = Integer.MAX_VALUE;
  public int reads = Integer.MAX_VALUE;

  /** A store that fails as soon as a number is lowered. */
  public BrokenStore(ResultStore sound) {
    super(sound);
  }

  private static void failIf(boolean over) throws IOException {
    if (over) {
      throw new IOException("disk on fire");
    }
  }

  @Override
  public Location.Stored publish(Location.Pending pending) throws IOException {
    failIf(publish-- <= 0);
    return super.publish(pending);
  }

  @Override
  public void writeManifest(String run, StoredManifest manifest) throws IOException {
    failIf(manifests-- <= 0);
    super.writeManifest(run, manifest);
  }

  @Override
  public void sync() throws IOException {
    failIf(syncs-- <= 0);
    super.sync();
  }

  @Override
  public BlobWriter write(String run, String attempt, int inlineLimit) throws IOException {
    failIf(writes-- <= 0);
    return super.write(run, attempt, inlineLimit);
  }

  @Override
  public Payload read(Location location) {
    Payload payload = super.read(location);
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
}
