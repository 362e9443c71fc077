package dev.reprise.cache.store;

import static dev.reprise.cache.base.Checks.checkState;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.PartitionRef.Location;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A result store that is gone with its process: for tests and simulated runs, and for a run that
 * keeps nothing. Bytes are checked when they are read, as in any other store.
 */
public final class InMemoryResultStore implements ResultStore {
  private final ConcurrentMap<String, byte[]> temporaries;
  private final ConcurrentMap<Fingerprint, byte[]> blobs;
  private final ConcurrentMap<String, byte[]> manifests;
  private final AtomicLong names;
  private final String home;

  /** Returns an empty store, whose manifests are everybody's. */
  public InMemoryResultStore() {
    temporaries = new ConcurrentSkipListMap<>();
    blobs = new ConcurrentHashMap<>();
    manifests = new ConcurrentSkipListMap<>();
    names = new AtomicLong();
    home = "";
  }

  private InMemoryResultStore(InMemoryResultStore shared, String home) {
    temporaries = shared.temporaries;
    blobs = shared.blobs;
    manifests = shared.manifests;
    names = shared.names;
    this.home = home;
  }

  /** The same store as a home uses it, see {@link FileResultStore#forHome}. */
  public InMemoryResultStore forHome(String name) {
    return new InMemoryResultStore(this, name);
  }

  @Override
  public BlobWriter write(String run, String attempt, int inlineLimit) {
    StoreFolder.checkName("run", run);
    StoreFolder.checkName("attempt", attempt);
    return new Writer(
        StoreFolder.TEMPORARY + "/" + run + "/" + attempt + "-" + names.incrementAndGet(),
        inlineLimit);
  }

  @Override
  public Location.Stored publish(Location.Pending pending) throws IOException {
    BlobRef blob = pending.blob();
    byte[] bytes = temporaries.get(pending.temporary());
    if (bytes != null && bytes.length == blob.size()) {
      blobs.compute(
          blob.address(),
          (address, there) -> there != null && there.length == blob.size() ? there : bytes);
    } else if (presence(blob.address(), blob.size()) != Presence.PRESENT) {
      throw new DamagedBlobException(
          blob, bytes == null, "what was written to " + pending.temporary() + " is not there");
    }
    temporaries.remove(pending.temporary());
    return new Location.Stored(blob);
  }

  @Override
  public void discard(Location.Pending pending) {
    temporaries.remove(pending.temporary());
  }

  @Override
  public Presence presence(Location.Pending pending) {
    byte[] bytes = temporaries.get(pending.temporary());
    return bytes == null
        ? presence(pending.blob().address(), pending.blob().size())
        : presence(bytes, pending.blob().size());
  }

  @Override
  public Presence presence(Fingerprint address, long size) {
    return presence(blobs.get(address), size);
  }

  private static Presence presence(byte @Nullable [] bytes, long size) {
    if (bytes == null) {
      return Presence.MISSING;
    }
    return bytes.length == size ? Presence.PRESENT : Presence.DAMAGED;
  }

  @Override
  public Payload read(Location location) {
    return location.fold(
        inline -> new InlinePayload(inline.bytes()),
        stored -> new BlobPayload(stored.blob(), ""),
        pending -> new BlobPayload(pending.blob(), pending.temporary()));
  }

  @Override
  public boolean quarantine(BlobRef blob) {
    byte[] bytes = blobs.get(blob.address());
    if (bytes == null || BlobDigester.blobOf(bytes).equals(blob)) {
      return false;
    }
    return blobs.remove(blob.address(), bytes);
  }

  @Override
  public boolean delete(Fingerprint address) {
    return blobs.remove(address) != null;
  }

  @Override
  public void writeManifest(String run, StoredManifest manifest) {
    manifests.put(ManifestForm.name(manifest, home), ManifestForm.encode(manifest));
  }

  @Override
  public void removeManifests(String scope, Fingerprint key, @Nullable Bytes keep) {
    String row = ManifestForm.row(scope, key);
    String kept = keep == null ? "" : ManifestForm.name(new StoredManifest(scope, key, keep), home);
    manifests
        .keySet()
        .removeIf(
            name -> name.startsWith(row) && ManifestForm.isOf(name, home) && !name.equals(kept));
  }

  @Override
  public void sync() {}

  @Override
  public void forEachManifest(Consumer<StoredManifest> each, Consumer<String> unreadable) {
    for (Map.Entry<String, byte[]> manifest : new TreeMap<>(manifests).entrySet()) {
      StoredManifest decoded;
      try {
        decoded = ManifestForm.decode(manifest.getValue());
      } catch (BadRecordException e) {
        unreadable.accept("manifest " + manifest.getKey() + ": " + e.getMessage());
        continue;
      }
      each.accept(decoded);
    }
  }

  @Override
  public void forEachBlob(BlobVisitor each) {
    blobs.forEach((address, bytes) -> each.blob(address, bytes.length, Instant.EPOCH));
  }

  @Override
  public void forEachTemporary(TemporaryVisitor each) {
    temporaries.forEach((name, bytes) -> each.file(run(name), bytes.length, Instant.EPOCH));
  }

  @Override
  public void sweep(Leftovers leftovers) {
    temporaries.keySet().removeIf(name -> leftovers.contain(run(name), Instant.EPOCH));
  }

  private static String run(String temporary) {
    return List.of(temporary.split("/", -1)).get(1);
  }

  /** Puts other bytes in the place of a published blob's: for tests of what becomes of damage. */
  public void damage(Fingerprint address, byte[] bytes) {
    blobs.replace(address, bytes);
  }

  private final class BlobPayload implements Payload {
    private final BlobRef blob;
    private final String temporary;

    BlobPayload(BlobRef blob, String temporary) {
      this.blob = blob;
      this.temporary = temporary;
    }

    @Override
    public long size() {
      return blob.size();
    }

    @Override
    public InputStream open() throws IOException {
      return new ByteArrayInputStream(checked());
    }

    @Override
    public byte[] bytes() throws IOException {
      return checked().clone();
    }

    private byte[] checked() throws DamagedBlobException {
      byte[] found = temporaries.get(temporary);
      byte[] bytes = found == null ? blobs.get(blob.address()) : found;
      if (bytes == null) {
        throw new DamagedBlobException(blob, true, "blob " + blob.address() + " is missing");
      }
      if (!BlobDigester.blobOf(bytes).equals(blob)) {
        throw new DamagedBlobException(blob, false, "blob " + blob.address() + " is damaged");
      }
      return bytes;
    }
  }

  private final class Writer extends BlobWriter {
    private final String temporary;
    private final int inlineLimit;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private boolean ended;

    Writer(String temporary, int inlineLimit) {
      this.temporary = temporary;
      this.inlineLimit = inlineLimit;
    }

    @Override
    public void write(int one) {
      checkState(!ended, "nothing can be written after the end of a blob");
      bytes.write(one);
    }

    @Override
    public void write(byte[] from, int offset, int count) {
      checkState(!ended, "nothing can be written after the end of a blob");
      bytes.write(from, offset, count);
    }

    @Override
    public long written() {
      return bytes.size();
    }

    @Override
    public Location finish() {
      checkState(!ended, "a blob ends once");
      ended = true;
      byte[] all = bytes.toByteArray();
      if (all.length <= inlineLimit) {
        return new Location.Inline(Bytes.wrap(all));
      }
      temporaries.put(temporary, all);
      return new Location.Pending(temporary, BlobDigester.blobOf(all));
    }

    @Override
    public void close() {
      ended = true;
    }
  }
}
