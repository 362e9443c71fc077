package dev.reprise.journal;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.Manifest;
import dev.reprise.run.RunView;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

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
  private final Map<Integer, Manifest> manifests = new HashMap<>();
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
    manifests.clear();
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
    manifests.put(i, manifest);
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
    return Optional.ofNullable(manifests.get(i));
  }

  /** Partitions of the units whose manifests are here, ascending. */
  IntStream withManifests() {
    return manifests.keySet().stream().mapToInt(place -> partitions[place]).sorted();
  }

  List<Fingerprint> arguments(int i) {
    return arguments.getOrDefault(i, List.of());
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
    to.putAll(
        manifests.entrySet(),
        (each, entry) -> ManifestForm.write(each.putNumber(entry.getKey()), entry.getValue()));
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
      block.setManifest(from.readInt(), ManifestForm.read(from));
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
