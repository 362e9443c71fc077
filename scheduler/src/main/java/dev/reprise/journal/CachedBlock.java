package dev.reprise.journal;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.Manifest;
import dev.reprise.run.RunView;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * All cached units of a step, in flat arrays: a place each, ascending by partition.
 *
 * <p>Written as it is held, so that a step of a million reused units costs one record of some 70
 * bytes a unit, and no object each.
 */
final class CachedBlock {
  /** No units. */
  static final CachedBlock EMPTY = new CachedBlock(0);

  private int size;
  private int[] partitions;
  private byte[] keys;
  private byte[] contents;
  private long[] durations;
  private @Nullable Manifest @Nullable [] manifests;
  private final Map<Integer, List<Fingerprint>> arguments = new HashMap<>();

  CachedBlock(int size) {
    this.size = size;
    this.partitions = new int[size];
    this.keys = new byte[size * Fingerprint.BYTES];
    this.contents = new byte[size * Fingerprint.BYTES];
    this.durations = new long[size];
  }

  /** Makes it one of so many units, which are to be set anew. Its arrays are kept if they do. */
  CachedBlock reset(int units) {
    if (units > partitions.length) {
      partitions = new int[units];
      keys = new byte[units * Fingerprint.BYTES];
      contents = new byte[units * Fingerprint.BYTES];
      durations = new long[units];
    }
    size = units;
    manifests = null;
    arguments.clear();
    return this;
  }

  int size() {
    return size;
  }

  /**
   * Fills places with units of one node; places are filled ascending by partition.
   *
   * @param from the first place
   * @param to after the last place
   * @param partition of the first unit; each that follows has the next one
   * @param unit the first unit
   */
  void set(int from, int to, int partition, RunView view, int unit) {
    int end = unit + to - from;
    if (!view.copyDigests(unit, end, keys, contents, from * Fingerprint.BYTES)) {
      throw new IllegalStateException(
          "one of the units %s to %s is cached without key or content".formatted(unit, end - 1));
    }
    for (int i = from; i < to; i++) {
      partitions[i] = partition + i - from;
      durations[i] = view.durationNanos(unit + i - from);
    }
  }

  void setManifest(int i, Manifest manifest) {
    if (manifests == null) {
      manifests = new Manifest[size];
    }
    manifests[i] = manifest;
  }

  void setArguments(int i, List<Fingerprint> digests) {
    arguments.put(i, digests);
  }

  /** The place of a partition, or a negative number if it was not cached. */
  int find(int partition) {
    return Arrays.binarySearch(partitions, 0, size, partition);
  }

  int partition(int i) {
    return partitions[i];
  }

  Fingerprint key(int i) {
    return Fingerprint.read(keys, i * Fingerprint.BYTES);
  }

  Fingerprint content(int i) {
    return Fingerprint.read(contents, i * Fingerprint.BYTES);
  }

  long durationNanos(int i) {
    return durations[i];
  }

  Optional<Manifest> manifest(int i) {
    return Optional.ofNullable(manifestAt(i));
  }

  @Nullable Manifest manifestAt(int i) {
    return manifests == null ? null : manifests[i];
  }

  /** Partitions of the units whose manifests are here, ascending. */
  IntStream withManifests() {
    return places().map(place -> partitions[place]);
  }

  /** The places that have a manifest, ascending. */
  private IntStream places() {
    return IntStream.range(0, manifests == null ? 0 : size)
        .filter(place -> manifestAt(place) != null);
  }

  List<Fingerprint> arguments(int i) {
    return arguments.isEmpty() ? List.of() : arguments.getOrDefault(i, List.of());
  }

  /** How much of the heap it takes, roughly, in bytes. */
  long weight() {
    long weight = (long) size * (2 * Fingerprint.BYTES + Integer.BYTES + Long.BYTES);
    for (int i = 0; manifests != null && i < size; i++) {
      Manifest manifest = manifests[i];
      weight += manifest == null ? 0 : manifest.weight();
    }
    for (List<Fingerprint> digests : arguments.values()) {
      weight += (long) digests.size() * 2 * Fingerprint.BYTES; // with what holds them
    }
    return weight;
  }

  /** How many units from place {@code i} on are as those of the other from {@code j} on. */
  int same(int i, CachedBlock other, int j) {
    int run = Math.min(size - i, other.size - j);
    run = run(Arrays.mismatch(partitions, i, i + run, other.partitions, j, j + run), run);
    run = run(Arrays.mismatch(durations, i, i + run, other.durations, j, j + run), run);
    run = run(keys, i, other.keys, j, run);
    run = run(contents, i, other.contents, j, run);
    for (int same = 0; same < run; same++) {
      if (!Objects.equals(manifestAt(i + same), other.manifestAt(j + same))
          || !arguments(i + same).equals(other.arguments(j + same))) {
        return same;
      }
    }
    return run;
  }

  private static int run(byte[] digests, int i, byte[] others, int j, int run) {
    int from = i * Fingerprint.BYTES;
    int to = j * Fingerprint.BYTES;
    int bytes = run * Fingerprint.BYTES;
    return run(Arrays.mismatch(digests, from, from + bytes, others, to, to + bytes), bytes)
        / Fingerprint.BYTES;
  }

  private static int run(int mismatch, int all) {
    return mismatch < 0 ? all : mismatch;
  }

  /** A block of the units at these places. */
  CachedBlock only(int[] places) {
    CachedBlock block = new CachedBlock(places.length);
    for (int i = 0; i < places.length; i++) {
      block.copy(i, this, places[i]);
    }
    return block;
  }

  /** The same, in arrays of its own. */
  CachedBlock copy() {
    return only(IntStream.range(0, size).toArray());
  }

  /** The units of two blocks, which have none in common. */
  static CachedBlock merged(CachedBlock one, CachedBlock other) throws BadRecordException {
    CachedBlock block = new CachedBlock(one.size + other.size);
    for (int place = 0, i = 0, j = 0; place < block.size; place++) {
      boolean first = j == other.size || (i < one.size && one.partition(i) < other.partition(j));
      block.copy(place, first ? one : other, first ? i++ : j++);
      if (place > 0 && block.partition(place - 1) >= block.partition(place)) {
        throw new BadRecordException("the record has a unit twice: " + block.partition(place));
      }
    }
    return block;
  }

  private void copy(int place, CachedBlock from, int its) {
    int at = its * Fingerprint.BYTES;
    partitions[place] = from.partitions[its];
    durations[place] = from.durations[its];
    System.arraycopy(from.keys, at, keys, place * Fingerprint.BYTES, Fingerprint.BYTES);
    System.arraycopy(from.contents, at, contents, place * Fingerprint.BYTES, Fingerprint.BYTES);
    Manifest manifest = from.manifestAt(its);
    if (manifest != null) {
      setManifest(place, manifest);
    }
    if (!from.arguments(its).isEmpty()) {
      setArguments(place, from.arguments(its));
    }
  }

  void write(RecordWriter to) {
    to.putNumber(size);
    int next = 0;
    for (int i = 0; i < size; i++) {
      // The gap to the partition before: a zero byte for each unit of a step that is cached whole.
      to.putNumber(partitions[i] - next).putNumber(durations[i]);
      next = partitions[i] + 1;
    }
    int bytes = size * Fingerprint.BYTES;
    to.putBytes(keys, bytes).putBytes(contents, bytes);
    to.putNumber(places().count());
    for (int i = 0; manifests != null && i < size; i++) {
      Manifest manifest = manifests[i];
      if (manifest != null) {
        ManifestForm.write(to.putNumber(i), manifest);
      }
    }
    to.putAll(
        arguments.entrySet(),
        (each, entry) -> each.putNumber(entry.getKey()).putDigests(entry.getValue()));
  }

  static CachedBlock read(RecordReader from) throws BadRecordException {
    CachedBlock block = new CachedBlock(from.readCount());
    int next = 0;
    for (int i = 0; i < block.size; i++) {
      block.partitions[i] = next + from.readInt();
      block.durations[i] = from.readLong();
      next = block.partitions[i] + 1;
    }
    block.fill(block.keys, from.readBytes());
    block.fill(block.contents, from.readBytes());
    for (int i = from.readCount(); i > 0; i--) {
      int place = from.readInt();
      if (place < 0 || place >= block.size) {
        throw new BadRecordException("the record has no unit " + place + " that has a result");
      }
      block.setManifest(place, ManifestForm.read(from));
    }
    for (int i = from.readCount(); i > 0; i--) {
      block.setArguments(from.readInt(), from.readDigests());
    }
    return block;
  }

  private void fill(byte[] packed, byte[] read) throws BadRecordException {
    if (read.length != packed.length) {
      throw new BadRecordException(
          "the record has " + read.length + " bytes for " + size + " digests");
    }
    System.arraycopy(read, 0, packed, 0, read.length);
  }
}
