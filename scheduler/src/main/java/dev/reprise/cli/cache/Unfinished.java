package dev.reprise.cli.cache;

import dev.reprise.cache.store.ResultStore;
import dev.reprise.console.Figures;
import dev.reprise.journal.RunBrief;
import java.io.IOException;

/**
 * What attempts write into a store now, or left there when they died.
 *
 * @param files number of temporary files
 * @param bytes their size together
 */
record Unfinished(long files, long bytes) {
  static Unfinished in(ResultStore store) throws IOException {
    long[] sums = new long[2];
    store.forEachTemporary(
        (run, size, written) -> {
          sums[0]++;
          sums[1] += size;
        });
    return new Unfinished(sums[0], sums[1]);
  }

  boolean isEmpty() {
    return files == 0;
  }

  /** What they are and when they go. */
  @Override
  public String toString() {
    return "%s (%s) being written, or left by attempts that died: the next run removes those of runs that it knows are over, others once nobody wrote them for %d days"
        .formatted(
            Figures.count(files, "temporary file"),
            Figures.bytes(bytes),
            RunBrief.LONGEST_SILENCE.toDays());
  }
}
