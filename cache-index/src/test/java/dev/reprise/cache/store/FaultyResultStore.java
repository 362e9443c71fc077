package dev.reprise.cache.store;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.PartitionRef.Location;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A store whose disk fails, fills up, tears and flips what is written when it is told to, and
 * forgets at a power cut what was not synced. Left alone it is as good as any.
 *
 * <p>Belongs to one thread.
 */
public final class FaultyResultStore extends ForwardingResultStore {
  /** What may go wrong. */
  public enum Fault {
    /** An attempt cannot write. */
    WRITE_FAILS,
    /** An attempt finds the disk full. */
    DISK_FULL,
    /** Part of what an attempt wrote never comes to the disk, though the disk says so. */
    WRITE_TORN,
    /** One bit of what an attempt wrote is another on the disk. */
    WRITE_FLIPPED,
    /** A blob cannot be published. */
    PUBLISH_FAILS,
    /** A manifest record cannot be written. */
    RECORD_FAILS,
    /** Nothing can be made durable. */
    SYNC_FAILS,
    /** A blob that is there cannot be read now. */
    READ_FAILS,
    /** The store cannot say whether a blob is there. */
    UNKNOWN
  }

  private final InMemoryResultStore sound;
  private Predicate<Fault> strikes = fault -> false;

  /** Published since the last sync. */
  private final Map<Fingerprint, BlobRef> unsynced = new LinkedHashMap<>();

  /** What is on the disk in the place of blobs that were hurt, as far as it is known. */
  private final Map<BlobRef, byte[]> hurt = new LinkedHashMap<>();

  /** Temporary files that are not what their writers were told. */
  private final Set<String> lies = new HashSet<>();

  /** Wraps a store. */
  public FaultyResultStore(InMemoryResultStore sound) {
    super(sound);
    this.sound = sound;
  }

  /** From now on a fault happens when {@code strikes} says so; it is asked each time one could. */
  public void strikes(Predicate<Fault> to) {
    strikes = to;
  }

  private void failIf(Fault fault, String what) throws IOException {
    if (strikes.test(fault)) {
      throw new IOException(what + ": input/output error");
    }
  }

  @Override
  public BlobWriter write(String run, String attempt, int inlineLimit) throws IOException {
    failIf(Fault.WRITE_FAILS, "cannot write");
    if (strikes.test(Fault.DISK_FULL)) {
      throw new StoreFullException("the disk is full");
    }
    if (strikes.test(Fault.WRITE_TORN)) {
      return new LyingWriter(run, attempt, inlineLimit, FaultyResultStore::torn);
    }
    return strikes.test(Fault.WRITE_FLIPPED)
        ? new LyingWriter(run, attempt, inlineLimit, FaultyResultStore::flipped)
        : super.write(run, attempt, inlineLimit);
  }

  @Override
  public Location.Stored publish(Location.Pending pending) throws IOException {
    failIf(Fault.PUBLISH_FAILS, "cannot publish");
    BlobRef blob = pending.blob();
    boolean there = super.presence(blob.address(), blob.size()) == Presence.PRESENT;
    Location.Stored stored = super.publish(pending);
    if (!there) {
      unsynced.put(blob.address(), blob);
    }
    return stored;
  }

  @Override
  public Presence presence(Fingerprint address, long size) {
    return strikes.test(Fault.UNKNOWN) ? Presence.UNKNOWN : super.presence(address, size);
  }

  @Override
  public Payload read(Location location) {
    Payload payload = super.read(location);
    if (location instanceof Location.Inline) {
      return payload;
    }
    return new Payload() {
      @Override
      public long size() {
        return payload.size();
      }

      @Override
      public InputStream open() throws IOException {
        failIf(Fault.READ_FAILS, "cannot read");
        return payload.open();
      }

      @Override
      public byte[] bytes() throws IOException {
        failIf(Fault.READ_FAILS, "cannot read");
        return payload.bytes();
      }
    };
  }

  @Override
  public void writeManifest(String run, StoredManifest manifest) throws IOException {
    failIf(Fault.RECORD_FAILS, "cannot write a record");
    super.writeManifest(run, manifest);
  }

  @Override
  public void sync() throws IOException {
    failIf(Fault.SYNC_FAILS, "cannot sync");
    super.sync();
    unsynced.values().stream().filter(this::isWhole).forEach(hurt::remove); // made good for ever
    unsynced.clear();
  }

  /** Whether the bytes of a published blob are there and are those that they should be. */
  public boolean isWhole(BlobRef blob) {
    try {
      return sound.read(new Location.Stored(blob)).bytes().length == blob.size();
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether somebody hurt this blob, so that nobody is to blame if it is not whole. */
  public boolean wasHurt(BlobRef blob) {
    return hurt.containsKey(blob);
  }

  /**
   * Whether somebody hurt this blob, or what was written of it here: the blob may be made good by
   * another's bytes, and these are as they are.
   */
  public boolean wasHurt(Location.Pending pending) {
    return lies.contains(pending.temporary()) || wasHurt(pending.blob());
  }

  /** The blobs that are there, with their size, and whose bytes are others. */
  public List<BlobRef> altered() {
    return hurt.keySet().stream()
        .filter(
            blob ->
                sound.presence(blob.address(), blob.size()) == Presence.PRESENT && !isWhole(blob))
        .toList();
  }

  /** The bytes that a reader who does not check would get; empty if the blob is gone or whole. */
  public Optional<byte[]> unchecked(BlobRef blob) {
    return isWhole(blob) || sound.presence(blob.address(), blob.size()) == Presence.MISSING
        ? Optional.empty()
        : Optional.ofNullable(hurt.get(blob));
  }

  /** Deletes a blob, as a person would. */
  public void lose(BlobRef blob) {
    hurt.put(blob, new byte[0]);
    sound.delete(blob.address());
  }

  /** Flips one bit of a blob. */
  public void flip(BlobRef blob) {
    whole(blob).ifPresent(bytes -> damage(blob, flipped(bytes)));
  }

  /** Cuts a blob short. */
  public void tear(BlobRef blob) {
    whole(blob).ifPresent(bytes -> damage(blob, torn(bytes)));
  }

  /** Puts other bytes in the place of a blob's. */
  void damage(BlobRef blob, byte[] bytes) {
    hurt.put(blob, bytes);
    sound.damage(blob.address(), bytes);
  }

  /** What was published and not synced is there, or torn, or gone. */
  public void cutPower(Random random) {
    for (BlobRef blob : unsynced.values()) {
      switch (random.nextInt(3)) {
        case 0 -> sound.delete(blob.address());
        case 1 -> whole(blob).ifPresent(bytes -> sound.damage(blob.address(), torn(bytes)));
        default -> {
          // It was lucky.
        }
      }
    }
    unsynced.clear();
  }

  private Optional<byte[]> whole(BlobRef blob) {
    try {
      return Optional.of(sound.read(new Location.Stored(blob)).bytes());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static byte[] flipped(byte[] bytes) {
    byte[] other = bytes.clone();
    other[other.length - 1] ^= 1; // of a text its last letter, so that it still is one
    return other;
  }

  private static byte[] torn(byte[] bytes) {
    return Arrays.copyOf(bytes, bytes.length / 2);
  }

  /** Reports what it was given, and writes something else. */
  private final class LyingWriter extends BlobWriter {
    private final String run;
    private final String attempt;
    private final int inlineLimit;
    private final UnaryOperator<byte[]> lie;
    private final ByteArrayOutputStream given = new ByteArrayOutputStream();

    LyingWriter(String run, String attempt, int inlineLimit, UnaryOperator<byte[]> lie) {
      this.run = run;
      this.attempt = attempt;
      this.inlineLimit = inlineLimit;
      this.lie = lie;
    }

    @Override
    public void write(int one) {
      given.write(one);
    }

    @Override
    public void write(byte[] from, int offset, int count) {
      given.write(from, offset, count);
    }

    @Override
    public long written() {
      return given.size();
    }

    @Override
    public Location finish() throws IOException {
      byte[] bytes = given.toByteArray();
      if (bytes.length <= inlineLimit) {
        return new Location.Inline(Bytes.wrap(bytes));
      }
      byte[] wrong = lie.apply(bytes);
      try (BlobWriter disk = FaultyResultStore.super.write(run, attempt, 0)) {
        disk.write(wrong, 0, wrong.length);
        Location.Pending there = (Location.Pending) disk.finish();
        BlobRef reported = BlobDigester.blobOf(bytes);
        hurt.put(reported, wrong);
        lies.add(there.temporary());
        return new Location.Pending(there.temporary(), reported);
      }
    }
  }
}
