package dev.reprise.plan;

import static java.util.Objects.requireNonNull;

import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.graph.Edge.Mapping;
import dev.reprise.graph.PipelineException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Which partitions of an input each unit of a step gathers, seen from both sides. The user's
 * mapping is asked once per unit: keys, arguments and order then agree even if it is not pure.
 */
final class Gathering {
  /** Bytes that are digested at once. */
  private static final int CHUNK = 1 << 16;

  /** What an array can hold. */
  private static final int MOST = Integer.MAX_VALUE - 8;

  // What unit u takes lies in partitions from firstOfUnit[u] to before firstOfUnit[u + 1].
  // Who takes partition p lies likewise in takers.
  private final int[] firstOfUnit;
  private final int[] partitions;
  private final int[] firstOfPartition;
  private final int[] takers;
  private final Map<Range, Fingerprint> digests = new HashMap<>();

  /** Units from one to before another. */
  private record Range(int from, int to) {}

  private Gathering(int[] firstOfUnit, int[] partitions, int[] firstOfPartition, int[] takers) {
    this.firstOfUnit = firstOfUnit;
    this.partitions = partitions;
    this.firstOfPartition = firstOfPartition;
    this.takers = takers;
  }

  /**
   * Asks the mapping for every unit.
   *
   * @param step name of the step that gathers, for people
   * @param source name of what it gathers, for people
   * @throws PipelineException if the mapping throws or names a partition that is not there
   */
  static Gathering of(String step, String source, Mapping mapping, int units, int partitions) {
    int[] firstOfUnit = new int[units + 1];
    int[] chosen = new int[units];
    int size = 0;
    for (int unit = 0; unit < units; unit++) {
      int[] asked = ask(step, source, mapping, unit, partitions);
      if (asked.length > chosen.length - size) {
        chosen = Arrays.copyOf(chosen, grown(step, source, size, asked.length));
      }
      System.arraycopy(asked, 0, chosen, size, asked.length);
      size += asked.length;
      firstOfUnit[unit + 1] = size;
    }
    int[] firstOfPartition = new int[partitions + 1];
    for (int unit = 0; unit < units; unit++) {
      for (int i = firstOfUnit[unit]; i < firstOfUnit[unit + 1]; i++) {
        int partition = chosen[i];
        if (partition < 0 || partition >= partitions) {
          throw new PipelineException(
              "step '%s' gathers partition %d of '%s' for its unit %d; there are %d, numbered from 0"
                  .formatted(step, partition, source, unit, partitions));
        }
        firstOfPartition[partition]++;
      }
    }
    int end = 0; // counts become the ends of ranges, which are then filled from behind
    for (int partition = 0; partition < partitions; partition++) {
      end += firstOfPartition[partition];
      firstOfPartition[partition] = end;
    }
    firstOfPartition[partitions] = end;
    int[] takers = new int[size];
    for (int unit = units - 1; unit >= 0; unit--) {
      for (int i = firstOfUnit[unit]; i < firstOfUnit[unit + 1]; i++) {
        takers[--firstOfPartition[chosen[i]]] = unit;
      }
    }
    return new Gathering(firstOfUnit, Arrays.copyOf(chosen, size), firstOfPartition, takers);
  }

  private static int grown(String step, String source, int size, int more) {
    long wanted = (long) size + more;
    if (wanted > MOST) {
      throw new PipelineException(
          "step '%s' gathers more than %d partitions of '%s' for all of its units together; make them larger"
              .formatted(step, MOST, source));
    }
    return (int) Math.min(MOST, 2 * wanted);
  }

  private static int[] ask(String step, String source, Mapping mapping, int unit, int partitions) {
    try {
      return requireNonNull(mapping.partitionsOf(unit, partitions), "no partitions, but null");
    } catch (RuntimeException e) {
      throw new PipelineException(
          "step '%s' cannot choose the partitions of '%s' for its unit %d: %s"
              .formatted(step, source, unit, e),
          e);
    }
  }

  /**
   * The digest of which partitions units from {@code from} to before {@code to} take, in order: of
   * how many, and how far each lies from the one before. That is mostly one byte each, and
   * digesting them is what costs, so it is kept.
   */
  Fingerprint digest(int from, int to) {
    return digests.computeIfAbsent(new Range(from, to), range -> compute(from, to));
  }

  private Fingerprint compute(int from, int to) {
    MessageDigest sha256 = Hasher.sha256();
    ByteWriter out = new ByteWriter();
    int before = 0;
    for (int unit = from; unit < to; unit++) {
      out.putVarint(count(unit));
      for (int i = firstOfUnit[unit]; i < firstOfUnit[unit + 1]; i++) {
        int step = partitions[i] - before;
        out.putVarint(step << 1 ^ step >> 31); // the sign goes to the end
        before = partitions[i];
      }
      if (out.size() >= CHUNK) {
        sha256.update(out.array(), 0, out.size());
        out.clear();
      }
    }
    sha256.update(out.array(), 0, out.size());
    return Fingerprint.of(sha256.digest());
  }

  /** Whether units take the same partitions in the same order. */
  boolean sameAs(Gathering other) {
    return firstOfPartition.length == other.firstOfPartition.length
        && Arrays.equals(firstOfUnit, other.firstOfUnit)
        && Arrays.equals(partitions, other.partitions);
  }

  /** How many partitions the unit takes. */
  int count(int unit) {
    return firstOfUnit[unit + 1] - firstOfUnit[unit];
  }

  /** The partitions that the unit takes, in the order in which it gets them. */
  void forEachPartition(int unit, IntConsumer each) {
    for (int i = firstOfUnit[unit]; i < firstOfUnit[unit + 1]; i++) {
      each.accept(partitions[i]);
    }
  }

  /**
   * The numbers of the partitions that the unit takes, in that order, counted from {@code base}.
   */
  int[] inputs(int unit, int base) {
    int[] inputs = new int[count(unit)];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = base + partitions[firstOfUnit[unit] + i];
    }
    return inputs;
  }

  /**
   * The partitions that units from {@code from} to before {@code to} take, ascending, each once;
   * null if these are more than {@code most}.
   */
  int @Nullable [] partitions(int from, int to, int most) {
    int first = firstOfUnit[from];
    int end = firstOfUnit[to];
    if (areNeighbours(first, end)) {
      return end - first > most ? null : Arrays.copyOfRange(partitions, first, end);
    }
    return sorted(first, end, most);
  }

  private boolean areNeighbours(int first, int end) {
    for (int i = first + 1; i < end; i++) {
      if (partitions[i] != partitions[i - 1] + 1) {
        return false;
      }
    }
    return true;
  }

  private int @Nullable [] sorted(int first, int end, int most) {
    int least = Integer.MAX_VALUE;
    int greatest = -1;
    for (int i = first; i < end; i++) {
      least = Math.min(least, partitions[i]);
      greatest = Math.max(greatest, partitions[i]);
    }
    // A bit each from the first on: neighbours at the end of many are few bits too.
    long[] seen = new long[((greatest - least) >> 6) + 1];
    int count = 0;
    for (int i = first; i < end; i++) {
      int place = partitions[i] - least;
      long bit = 1L << place;
      if ((seen[place >> 6] & bit) == 0) {
        if (++count > most) {
          return null;
        }
        seen[place >> 6] |= bit;
      }
    }
    int[] taken = new int[count];
    int next = 0;
    for (int word = 0; word < seen.length; word++) {
      for (long left = seen[word]; left != 0; left &= left - 1) {
        taken[next++] = least + (word << 6) + Long.numberOfTrailingZeros(left);
      }
    }
    return taken;
  }

  /**
   * The units that take partitions from {@code from} to before {@code to}, as often as they take
   * them: for each of these in turn, ascending.
   */
  void forEachTaker(int from, int to, IntConsumer each) {
    for (int i = firstOfPartition[from]; i < firstOfPartition[to]; i++) {
      each.accept(takers[i]);
    }
  }
}
