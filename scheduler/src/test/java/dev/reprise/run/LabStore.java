package dev.reprise.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.BlobWriter;
import dev.reprise.cache.store.DamagedBlobException.Damage;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.Payload;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.store.StoredManifest;
import dev.reprise.executor.Argument;
import dev.reprise.executor.AttemptResult;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A store in a map, whose blobs a test may lose or damage. */
final class LabStore implements ResultStore {
  final Map<Fingerprint, byte[]> blobs = new HashMap<>();
  final Map<String, byte[]> pending = new HashMap<>();
  boolean asBlobs;

  /** Nothing that is damaged can be moved out of the way. */
  boolean quarantineFails;

  private int next;

  Location.Pending pending(byte[] bytes) {
    String name = "tmp/" + ++next;
    pending.put(name, bytes);
    return new Location.Pending(name, new BlobRef(address(bytes), bytes.length, List.of()));
  }

  static Fingerprint address(byte[] bytes) {
    return Hasher.of("blob").putBytes(bytes).finish();
  }

  /** The codec of values that another version of the code wrote. */
  static final String OLD_CODEC = "lab/0";

  /** What a worker says if an argument cannot be read, else null. */
  @Nullable AttemptResult unusable(Argument argument) {
    if (argument instanceof Argument.Listed list) {
      return list.elements().stream()
          .map(this::unusable)
          .filter(result -> result != null)
          .findFirst()
          .orElse(null);
    }
    return argument instanceof Argument.Encoded encoded ? unusable(encoded.partition()) : null;
  }

  private @Nullable AttemptResult unusable(PartitionRef partition) {
    AttemptResult damaged =
        partition
            .location()
            .<@Nullable AttemptResult>fold(
                inline -> null,
                stored -> damage(stored.blob(), blobs.get(stored.blob().address())),
                pending -> damage(pending.blob(), bytes(pending)));
    return damaged == null && partition.codec().equals(OLD_CODEC)
        ? new AttemptResult.InputUnreadable(0, partition.content(), "no value", 0, Bytes.EMPTY)
        : damaged;
  }

  private static @Nullable AttemptResult damage(BlobRef blob, byte @Nullable [] bytes) {
    if (bytes != null && address(bytes).equals(blob.address())) {
      return null;
    }
    Damage damage = bytes == null ? Damage.MISSING : Damage.ALTERED;
    String why = "blob %s is %s".formatted(blob.address().brief(), damage);
    return new AttemptResult.InputDamaged(blob, damage, why, 0, Bytes.EMPTY);
  }

  private byte @Nullable [] bytes(Location.Pending location) {
    byte[] bytes = pending.get(location.temporary());
    return bytes != null ? bytes : blobs.get(location.blob().address());
  }

  @Nullable Object value(Argument argument) {
    if (argument instanceof Argument.Live live) {
      return live.value();
    }
    if (argument instanceof Argument.Listed list) {
      List<@Nullable Object> values = new ArrayList<>();
      list.elements().forEach(element -> values.add(value(element)));
      return values;
    }
    PartitionRef partition = ((Argument.Encoded) argument).partition();
    byte[] bytes =
        partition
            .location()
            .fold(
                inline -> inline.bytes().array(),
                stored -> blobs.get(stored.blob().address()),
                this::bytes);
    return new String(bytes, UTF_8);
  }

  @Override
  public BlobWriter write(String run, String attempt, int inlineLimit) {
    throw new AssertionError("workers are by hand here");
  }

  @Override
  public Location.Stored publish(Location.Pending location) {
    byte[] bytes = pending.remove(location.temporary());
    byte[] there = blobs.get(location.blob().address());
    // What is there with the right size is taken for what it should be.
    if (bytes != null && (there == null || there.length != location.blob().size())) {
      blobs.put(location.blob().address(), bytes);
    }
    return new Location.Stored(location.blob());
  }

  @Override
  public void discard(Location.Pending location) {
    pending.remove(location.temporary());
  }

  @Override
  public Presence presence(Location.Pending location) {
    return bytes(location) == null ? Presence.MISSING : Presence.PRESENT;
  }

  @Override
  public Presence presence(Fingerprint address, long size) {
    return blobs.containsKey(address) ? Presence.PRESENT : Presence.MISSING;
  }

  @Override
  public Payload read(Location location) {
    throw new AssertionError("read by hand here");
  }

  @Override
  public boolean quarantine(BlobRef blob) throws IOException {
    byte[] bytes = blobs.get(blob.address());
    if (bytes == null || address(bytes).equals(blob.address())) {
      return false;
    }
    if (quarantineFails) {
      throw new IOException("read-only file system");
    }
    blobs.remove(blob.address());
    return true;
  }

  @Override
  public boolean delete(Fingerprint address) {
    return blobs.remove(address) != null;
  }

  @Override
  public void writeManifest(String run, StoredManifest manifest) {}

  @Override
  public void removeManifests(String scope, Fingerprint key, @Nullable Bytes keep) {}

  @Override
  public void sync() {}

  @Override
  public void forEachManifest(Consumer<StoredManifest> each, Consumer<String> unreadable) {}

  @Override
  public void forEachBlob(BlobVisitor each) {
    blobs.forEach((address, bytes) -> each.blob(address, bytes.length, Instant.EPOCH));
  }

  @Override
  public void forEachTemporary(TemporaryVisitor each) {}

  @Override
  public void sweep(Leftovers leftovers) {}
}
