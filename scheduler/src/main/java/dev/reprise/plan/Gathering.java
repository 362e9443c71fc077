package dev.reprise.plan;

import static java.util.Objects.requireNonNull;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.graph.Edge.Mapping;
import dev.reprise.graph.PipelineException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * Which partitions of an input each unit of a step gathers, seen from both sides. The user's
 * mapping is asked once per unit: keys, arguments and order then agree even if it is not pure.
 */
final class Gathering {
  private static final int[] NONE = {};

  private final int[][] byUnit;
  private final int[][] byPartition;
  private @Nullable Fingerprint digest;

  private Gathering(int[][] byUnit, int[][] byPartition) {
    this.byUnit = byUnit;
    this.byPartition = byPartition;
  }

  /**
   * Asks the mapping for every unit.
   *
   * @param step name of the step that gathers, for people
   * @param source name of what it gathers, for people
   * @throws PipelineException if the mapping throws or names a partition that is not there
   */
  static Gathering of(String step, String source, Mapping mapping, int units, int partitions) {
    int[][] byUnit = new int[units][];
    int[] takers = new int[partitions];
    for (int unit = 0; unit < units; unit++) {
      int[] chosen = ask(step, source, mapping, unit, partitions);
      for (int partition : chosen) {
        if (partition < 0 || partition >= partitions) {
          throw new PipelineException(
              "step '%s' gathers partition %d of '%s' for its unit %d; there are %d, numbered from 0"
                  .formatted(step, partition, source, unit, partitions));
        }
        takers[partition]++;
      }
      byUnit[unit] = chosen;
    }
    int[][] byPartition = new int[partitions][];
    for (int partition = 0; partition < partitions; partition++) {
      byPartition[partition] = takers[partition] == 0 ? NONE : new int[takers[partition]];
    }
    for (int unit = units - 1; unit >= 0; unit--) {
      for (int partition : byUnit[unit]) {
        byPartition[partition][--takers[partition]] = unit;
      }
    }
    return new Gathering(byUnit, byPartition);
  }

  private static int[] ask(String step, String source, Mapping mapping, int unit, int partitions) {
    try {
      return requireNonNull(mapping.partitionsOf(unit, partitions), "no partitions, but null")
          .clone();
    } catch (RuntimeException e) {
      throw new PipelineException(
          "step '%s' cannot choose the partitions of '%s' for its unit %d: %s"
              .formatted(step, source, unit, e),
          e);
    }
  }

  /** The digest of which partitions each unit takes, in order. */
  Fingerprint digest() {
    Fingerprint known = digest;
    if (known == null) {
      MessageDigest sha256 = Hasher.sha256();
      for (int[] partitions : byUnit) {
        ByteBuffer numbers = ByteBuffer.allocate(Integer.BYTES * (1 + partitions.length));
        numbers.putInt(partitions.length);
        numbers.asIntBuffer().put(partitions);
        sha256.update(numbers.array());
      }
      known = Fingerprint.of(sha256.digest());
      digest = known;
    }
    return known;
  }

  /** The partitions that the unit takes, in the order in which it gets them. Not a copy. */
  int[] partitionsOf(int unit) {
    return byUnit[unit];
  }

  /** The units that take the partition, ascending, as often as they take it. Not a copy. */
  int[] takersOf(int partition) {
    return byPartition[partition];
  }
}
