package dev.reprise.journal;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.plan.IntQueue;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a block of cached units has otherwise than another one, the base.
 *
 * @param gone partitions of the base's units that are not as there any more, ascending
 * @param added units that the base has not, or has otherwise
 */
record BlockDifference(int[] gone, CachedBlock added) {
  /**
   * Compares two blocks of one step.
   *
   * @param most how many units may be gone and added, together
   * @return null if more are
   */
  static @Nullable BlockDifference between(CachedBlock base, CachedBlock now, int most) {
    IntQueue gone = new IntQueue();
    IntQueue added = new IntQueue();
    int i = 0;
    int j = 0;
    while (gone.size() + added.size() <= most) {
      int same = base.same(i, now, j);
      i += same;
      j += same;
      if (i == base.size() && j == now.size()) {
        return new BlockDifference(partitions(base, gone), now.only(places(added)));
      }
      int ofBase = i < base.size() ? base.partition(i) : Integer.MAX_VALUE;
      int ofNow = j < now.size() ? now.partition(j) : Integer.MAX_VALUE;
      if (ofBase <= ofNow) {
        gone.add(i++);
      }
      if (ofNow <= ofBase) {
        added.add(j++);
      }
    }
    return null;
  }

  private static int[] places(IntQueue queue) {
    int[] places = new int[queue.size()];
    Arrays.setAll(places, any -> queue.poll());
    return places;
  }

  private static int[] partitions(CachedBlock base, IntQueue places) {
    return Arrays.stream(places(places)).map(base::partition).toArray();
  }

  /** The block that has this difference from the base. */
  CachedBlock over(CachedBlock base) throws BadRecordException {
    int[] kept = new int[base.size()];
    int count = 0;
    for (int place = 0; place < base.size(); place++) {
      if (Arrays.binarySearch(gone, base.partition(place)) < 0) {
        kept[count++] = place;
      }
    }
    if (count + gone.length != base.size()) {
      throw new BadRecordException("the record drops units that its base has not");
    }
    return CachedBlock.merged(base.only(Arrays.copyOf(kept, count)), added);
  }

  void write(RecordWriter to) {
    to.putNumber(gone.length);
    int next = 0;
    for (int partition : gone) {
      to.putNumber(partition - next);
      next = partition + 1;
    }
    added.write(to);
  }

  static BlockDifference read(RecordReader from) throws BadRecordException {
    int[] gone = new int[from.readCount()];
    int next = 0;
    for (int i = 0; i < gone.length; i++) {
      gone[i] = next + from.readInt();
      next = gone[i] + 1;
    }
    return new BlockDifference(gone, CachedBlock.read(from));
  }
}
