package dev.reprise.cache.store;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import java.util.List;

/**
 * The list of a result's partitions. Most units make one; a fan-out makes one per element.
 *
 * @param shape whether the result is one value or a list of values
 * @param partitions ascending from 0 without gaps; exactly one if the shape is {@code ONE}
 * @param content digest over the partitions' content digests, in order: what consumers are keyed by
 */
public record Manifest(Shape shape, List<PartitionRef> partitions, Fingerprint content) {
  /** Whether a result is one value or a list of values with an identity each. */
  public enum Shape {
    /** One value, in one partition. */
    ONE,
    /** A list of values, each a partition of its own; may be empty. */
    MANY
  }

  public Manifest {
    partitions = List.copyOf(partitions);
    checkArgument(
        shape == Shape.MANY || partitions.size() == 1,
        "a result of one value has one partition, this has %s",
        partitions.size());
  }

  /** Returns the manifest of one value. */
  public static Manifest one(PartitionRef partition) {
    return new Manifest(Shape.ONE, List.of(partition), partition.content());
  }

  /** Returns the manifest of a list of values. */
  public static Manifest many(List<PartitionRef> partitions) {
    Hasher hasher = Hasher.of("reprise/many").putLong(partitions.size());
    partitions.forEach(partition -> hasher.putFingerprint(partition.content()));
    return new Manifest(Shape.MANY, partitions, hasher.finish());
  }

  /** Bytes of all partitions together. */
  public long size() {
    return partitions.stream().mapToLong(PartitionRef::size).sum();
  }
}
