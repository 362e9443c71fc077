package dev.reprise.cache.store;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.store.PartitionRef.Location;
import java.util.ArrayList;
import java.util.List;

/**
 * The list of a result's partitions. Most units make one; a fan-out makes one per element, and an
 * engine that writes a table from several workers one per worker's piece of it.
 *
 * @param shape whether the result is one value, a list of values, or a table in pieces
 * @param partitions ascending from 0 without gaps; exactly one if the shape is {@code ONE}, two or
 *     more if it is {@code PIECES}
 * @param content what consumers are keyed by: of one value its digest, of a list a digest over its
 *     elements' in order, of a table in pieces that of the same table in one piece
 */
public record Manifest(Shape shape, List<PartitionRef> partitions, Fingerprint content) {
  /** Whether a result is one value or a list of values with an identity each. */
  public enum Shape {
    /** One value, in one partition. */
    ONE,
    /** A list of values, each a partition of its own; may be empty. */
    MANY,
    /** One table, whose rows are those of all partitions, one after the other. */
    PIECES
  }

  private static final int WEIGHT_OF_AN_OBJECT = 400;

  public Manifest {
    partitions = List.copyOf(partitions);
    checkArgument(
        shape != Shape.ONE || partitions.size() == 1,
        "a result of one value has one partition, this has %s",
        partitions.size());
    checkArgument(
        shape != Shape.PIECES || partitions.size() > 1,
        "a table in pieces has two or more, this has %s",
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

  /**
   * Returns the manifest of one table.
   *
   * @param pieces of one schema, at least one
   * @param content of all rows together, however they are cut: the sum of the pieces' {@code
   *     TableDigest}s tells it
   */
  public static Manifest table(List<PartitionRef> pieces, Fingerprint content) {
    return new Manifest(pieces.size() == 1 ? Shape.ONE : Shape.PIECES, pieces, content);
  }

  /** Returns the same result with its partitions at other places, in the same order. */
  public Manifest at(List<PartitionRef> elsewhere) {
    return new Manifest(shape, elsewhere, content);
  }

  /** The published blobs of its partitions, in their order; inline partitions have none. */
  public List<BlobRef> blobs() {
    List<BlobRef> blobs = new ArrayList<>(0); // as most results have none
    for (PartitionRef partition : partitions) {
      if (partition.location() instanceof Location.Stored stored) {
        blobs.add(stored.blob());
      }
    }
    return blobs;
  }

  /** Whether it holds the bytes of all its partitions itself. */
  public boolean isInline() {
    for (PartitionRef partition : partitions) {
      if (!(partition.location() instanceof Location.Inline)) {
        return false;
      }
    }
    return true;
  }

  /** Bytes of all partitions together. */
  public long size() {
    return partitions.stream().mapToLong(PartitionRef::size).sum();
  }

  /** How much of the heap it takes, roughly, its inline bytes among that, in bytes. */
  public long weight() {
    long weight = WEIGHT_OF_AN_OBJECT;
    for (PartitionRef partition : partitions) {
      weight += WEIGHT_OF_AN_OBJECT + partition.schema().size();
      if (partition.location() instanceof Location.Inline) {
        weight += partition.size();
      }
    }
    return weight;
  }
}
