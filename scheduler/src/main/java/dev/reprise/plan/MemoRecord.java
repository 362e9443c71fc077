package dev.reprise.plan;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.plan.Remembering.Whole;
import java.util.Arrays;

/**
 * One record of {@link StepMemos}: what was found for some units of a step that lie together.
 *
 * @param generation of the index when it was looked up
 * @param units how many these are
 * @param asked the digest of all that their keys are derived from
 * @param whole what it says of all units of the step
 * @param contents the digest of the results of these
 * @param array in which their keys, contents and durations are, as {@link UnitTable#pack} wrote
 *     them
 * @param packed where they begin there
 */
record MemoRecord(
    long generation,
    int units,
    Fingerprint asked,
    Whole whole,
    Fingerprint contents,
    byte[] array,
    int packed) {
  private static final int VERSION = 6;

  /**
   * Reads a record.
   *
   * @param id under which it was found
   * @throws BadRecordException if it is damaged, of another version or of another id
   */
  static MemoRecord read(Bytes record, Fingerprint id) throws BadRecordException {
    ByteReader in = new ByteReader(record.array()).checked(id.bytes());
    if (in.getByte() != VERSION) {
      throw new BadRecordException("another version wrote the memo");
    }
    long generation = in.getLong();
    int units = in.getInt();
    Fingerprint asked = fingerprint(in);
    Whole whole = new Whole(in.getInt(), fingerprint(in));
    Fingerprint contents = fingerprint(in);
    if (units < 0 || units > in.remaining() / UnitTable.PACKED_BYTES) {
      throw new BadRecordException("the memo is of " + units + " units");
    }
    int packed = in.skip(units * UnitTable.PACKED_BYTES);
    return new MemoRecord(generation, units, asked, whole, contents, in.array(), packed);
  }

  /**
   * Writes a record of the units from {@code from} to before {@code to} of the table.
   *
   * @param id under which it will be found
   */
  static Bytes write(
      Fingerprint id,
      long generation,
      Fingerprint asked,
      Whole whole,
      Fingerprint contents,
      UnitTable table,
      int from,
      int to) {
    ByteWriter out = new ByteWriter();
    out.putByte(VERSION).putLong(generation).putInt(to - from);
    put(out, asked);
    out.putInt(whole.units());
    put(out, whole.contents());
    put(out, contents);
    table.pack(from, to, out);
    out.putCrc(id.bytes(), 0);
    return Bytes.wrap(out.toByteArray());
  }

  /** Whether the unit at {@code place} has the key that begins at {@code at} of {@code keys}. */
  boolean hasKey(int place, byte[] keys, int at) {
    int its = packed + place * Fingerprint.BYTES;
    return Arrays.equals(array, its, its + Fingerprint.BYTES, keys, at, at + Fingerprint.BYTES);
  }

  private static void put(ByteWriter out, Fingerprint digest) {
    out.putRaw(digest.bytes(), 0, Fingerprint.BYTES);
  }

  private static Fingerprint fingerprint(ByteReader in) throws BadRecordException {
    return Fingerprint.read(in.array(), in.skip(Fingerprint.BYTES));
  }
}
