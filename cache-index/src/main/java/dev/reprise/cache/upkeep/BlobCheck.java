package dev.reprise.cache.upkeep;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.DamagedBlobException;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.store.ResultStore.Presence;
import dev.reprise.cache.upkeep.Finding.Code;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks blobs, each once however many entries name it. */
final class BlobCheck {
  private final ResultStore store;
  private final boolean digests;
  private final Set<Fingerprint> sound = new HashSet<>();
  private final Map<Fingerprint, Fault> bad = new HashMap<>();
  private long bytes;

  /** What is wrong with a blob. */
  record Fault(Code code, String detail) {}

  /**
   * @param digests whether to read all bytes, as against asking for presence and size
   */
  BlobCheck(ResultStore store, boolean digests) {
    this.store = store;
    this.digests = digests;
  }

  /** What is wrong with {@code blob}; null if nothing is, as far as was looked. */
  @Nullable Fault check(BlobRef blob) {
    if (sound.contains(blob.address())) {
      return null;
    }
    Fault known = bad.get(blob.address());
    if (known != null) {
      return known;
    }
    Fault fault = digests ? read(blob) : ask(blob);
    if (fault == null) {
      sound.add(blob.address());
    } else if (fault.code() != Code.NOT_CHECKED) {
      bad.put(blob.address(), fault);
    }
    return fault;
  }

  /** Number of blobs found sound. */
  long count() {
    return sound.size();
  }

  /** Bytes read. */
  long bytes() {
    return bytes;
  }

  private @Nullable Fault ask(BlobRef blob) {
    return switch (store.presence(blob.address(), blob.size())) {
      case PRESENT -> null;
      case MISSING -> new Fault(Code.BLOB_MISSING, "blob " + blob.address() + " is not there");
      case DAMAGED -> new Fault(Code.BLOB_CORRUPT, "blob " + blob.address() + " has another size");
      case UNKNOWN ->
          new Fault(
              Code.NOT_CHECKED,
              "the store cannot say now whether blob " + blob.address() + " is there");
    };
  }

  private @Nullable Fault read(BlobRef blob) {
    try (InputStream stream = store.read(new Location.Stored(blob)).open()) {
      stream.transferTo(OutputStream.nullOutputStream());
      bytes += blob.size();
      return null;
    } catch (DamagedBlobException e) {
      if (e.missing() && store.presence(blob.address(), blob.size()) == Presence.UNKNOWN) {
        return new Fault(Code.NOT_CHECKED, String.valueOf(e.getMessage()));
      }
      return new Fault(
          e.missing() ? Code.BLOB_MISSING : Code.BLOB_CORRUPT, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return new Fault(Code.NOT_CHECKED, "blob " + blob.address() + " cannot be read now: " + e);
    }
  }
}
