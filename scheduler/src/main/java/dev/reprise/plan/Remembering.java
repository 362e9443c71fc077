package dev.reprise.plan;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.fingerprint.Fingerprint;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** Which steps are remembered as wholes, in records of what size, and when these are believed. */
public class Remembering {
  private static final int USUAL_BLOCK = 256;

  /** Neighbours in a table or a butterfly are no more, as most are those of several units. */
  private static final int USUALLY_GATHERED = 4 * USUAL_BLOCK;

  private final int least;
  private final int block;
  private final int gathered;

  /**
   * What a record says of its whole step.
   *
   * @param units how many the step had when it was written; {@link #UNTOLD} if it says nothing
   * @param contents the digest of all their results
   */
  record Whole(int units, Fingerprint contents) {
    static final int UNTOLD = -1;

    /** Says nothing. */
    static final Whole NONE = new Whole(UNTOLD, Fingerprint.of(new byte[Fingerprint.BYTES]));
  }

  /**
   * In records of the usual size, 256 units.
   *
   * @param least how many units a step has at the least that is remembered
   */
  public static Remembering from(int least) {
    return new Remembering(least, USUAL_BLOCK, USUALLY_GATHERED);
  }

  /**
   * @param least how many units a step has at the least that is remembered
   * @param block how many units one record holds at the most
   * @param gathered how many partitions these may gather, together, for the record to depend on
   *     them alone; if they gather more of a step, it depends on all that the step has
   */
  public Remembering(int least, int block, int gathered) {
    checkArgument(least >= 0, "a step has at least 0 units, not %s", least);
    checkArgument(block > 0, "a record holds at least one unit, not %s", block);
    this.least = least;
    this.block = block;
    this.gathered = gathered;
  }

  final int least() {
    return least;
  }

  final int block() {
    return block;
  }

  final int gathered() {
    return gathered;
  }

  /*
   * What follows is what memos were wrong in once. It can be replaced inside of this package, so
   * that the simulation of runs can be shown to tell if it is.
   */

  /** Says of a node whether all of its results are known, so that they can be digested as one. */
  IntPredicate known(Propagation propagation) {
    return propagation::complete;
  }

  /**
   * The digest of all results of a step; null if its records do not say so: they may be the first
   * of a longer list, or of different plans.
   *
   * @param records what each says, in order; at least one
   * @param units how many the step has now
   */
  @Nullable Fingerprint whole(List<Whole> records, int units) {
    Whole first = records.get(0);
    for (Whole record : records) {
      if (record.units != units || !record.contents.equals(first.contents)) {
        return null;
      }
    }
    return first.contents;
  }
}
