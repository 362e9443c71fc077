package dev.reprise.cli.cache;

import dev.reprise.cache.store.ResultStore;
import dev.reprise.console.Figures;
import dev.reprise.home.StoreTidying;
import java.io.IOException;

/**
 * Damaged blobs that were moved aside and are kept for a while, to be looked at.
 *
 * @param bytes their size together
 */
record Quarantined(long blobs, long bytes) {
  static Quarantined in(ResultStore store) throws IOException {
    long[] sums = new long[2];
    store.forEachQuarantined(
        (address, size, since) -> {
          sums[0]++;
          sums[1] += size;
        });
    return new Quarantined(sums[0], sums[1]);
  }

  boolean isEmpty() {
    return blobs == 0;
  }

  /** What they are and when they go. */
  @Override
  public String toString() {
    return "%s (%s) moved aside as damaged, in quarantine/: a run removes those that lie there for %d days"
        .formatted(
            Figures.count(blobs, "blob"), Figures.bytes(bytes), StoreTidying.QUARANTINED.toDays());
  }
}
