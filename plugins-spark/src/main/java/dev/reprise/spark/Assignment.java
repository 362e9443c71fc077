package dev.reprise.spark;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.store.StorePlace;
import java.util.ArrayList;
import java.util.List;

/**
 * What one Spark task is given: units that it runs one after the other, and how.
 *
 * @param store where workers find it
 * @param freeSpaceFloor of the store, in bytes
 * @param graceNanos how long a unit may take to end once it was asked to
 * @param budgetNanos no further unit begins after so long; those left come back unanswered
 * @param repeats whether a second try of the task by Spark runs the units, too
 * @param chunks the units by step, each in an envelope
 */
record Assignment(
    StorePlace store,
    long freeSpaceFloor,
    long graceNanos,
    long budgetNanos,
    boolean repeats,
    List<byte[]> chunks) {
  private static final int VERSION = 5;

  byte[] toBytes() {
    ByteWriter out =
        store
            .write(new ByteWriter().putByte(VERSION))
            .putLong(freeSpaceFloor)
            .putLong(graceNanos)
            .putLong(budgetNanos)
            .putByte(repeats ? 1 : 0)
            .putVarint(chunks.size());
    chunks.forEach(out::putBytes);
    return out.toByteArray();
  }

  /**
   * Reads what {@link #toBytes} made.
   *
   * @throws IllegalStateException if another release of Reprise made it
   */
  static Assignment of(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    try {
      int version = in.getByte();
      if (version != VERSION) {
        throw new BadRecordException("version " + version + " where " + VERSION + " is read");
      }
      Assignment read =
          new Assignment(
              StorePlace.read(in),
              in.getLong(),
              in.getLong(),
              in.getLong(),
              in.getByte() == 1,
              chunks(in));
      in.checkEnd();
      return read;
    } catch (BadRecordException e) {
      throw new IllegalStateException(
          "what the driver sent cannot be read, %s: give driver and executors the same Reprise"
              .formatted(e.getMessage()),
          e);
    }
  }

  private static List<byte[]> chunks(ByteReader in) throws BadRecordException {
    List<byte[]> chunks = new ArrayList<>();
    for (int left = in.getCount(1); left > 0; left--) {
      chunks.add(in.getBytes());
    }
    return chunks;
  }
}
