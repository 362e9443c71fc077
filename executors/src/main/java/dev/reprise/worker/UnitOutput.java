package dev.reprise.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.cache.base.Bytes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What one unit printed: its first 48 KiB and its last 16 KiB, with a note of the gap between them.
 * Costs nothing until something is printed. Takes bytes from several threads; once sealed, it takes
 * no more.
 */
final class UnitOutput {
  static final int MOST_HEAD = 48 << 10;
  static final int MOST_TAIL = 16 << 10;

  private byte @Nullable [] head;
  private int headSize;

  /** The last bytes after the head, as a ring; byte {@code i} of them is at {@code i % length}. */
  private byte @Nullable [] tail;

  private long tailTotal;
  private volatile boolean sealed;

  boolean isSealed() {
    return sealed;
  }

  synchronized void write(byte[] from, int offset, int length) {
    if (sealed) {
      return;
    }
    int first = Math.min(length, MOST_HEAD - headSize);
    if (first > 0) {
      byte[] to = head(first);
      System.arraycopy(from, offset, to, headSize, first);
      headSize += first;
    }
    writeTail(from, offset + first, length - first);
  }

  private byte[] head(int more) {
    byte[] array = head;
    if (array == null) {
      array = new byte[Math.max(256, more)];
    } else if (array.length < headSize + more) {
      array =
          Arrays.copyOf(array, Math.min(MOST_HEAD, Math.max(headSize + more, 2 * array.length)));
    }
    head = array;
    return array;
  }

  private void writeTail(byte[] from, int offset, int length) {
    if (length <= 0) {
      return;
    }
    byte[] ring = tail == null ? new byte[MOST_TAIL] : tail;
    tail = ring;
    // Of a long write only the end can stay.
    int skipped = Math.max(0, length - ring.length);
    tailTotal += skipped;
    for (int i = offset + skipped; i < offset + length; ) {
      int at = (int) (tailTotal % ring.length);
      int count = Math.min(ring.length - at, offset + length - i);
      System.arraycopy(from, i, ring, at, count);
      tailTotal += count;
      i += count;
    }
  }

  /** Returns what was printed, as UTF-8, and takes no more. */
  synchronized Bytes seal() {
    sealed = true;
    byte[] first = head;
    if (first == null) {
      return Bytes.EMPTY;
    }
    byte[] ring = tail;
    byte[] all =
        ring == null || tailTotal <= ring.length ? whole(first, ring) : withGap(first, ring);
    head = null;
    tail = null;
    return Bytes.wrap(all);
  }

  private byte[] whole(byte[] first, byte @Nullable [] ring) {
    byte[] all = Arrays.copyOf(first, headSize + (int) tailTotal);
    if (ring != null) {
      System.arraycopy(ring, 0, all, headSize, (int) tailTotal);
    }
    return all;
  }

  private byte[] withGap(byte[] first, byte[] ring) {
    byte[] last = new byte[ring.length];
    int oldest = (int) (tailTotal % ring.length);
    System.arraycopy(ring, oldest, last, 0, ring.length - oldest);
    System.arraycopy(ring, 0, last, ring.length - oldest, oldest);
    // The cuts may have split a character.
    int headEnd = lastWhole(first, headSize);
    int tailStart = 0;
    while (tailStart < 4 && isInner(last[tailStart])) {
      tailStart++;
    }
    long lost = tailTotal - ring.length + (headSize - headEnd) + tailStart;
    byte[] note = ("\n... " + lost + " bytes of output left out ...\n").getBytes(UTF_8);
    byte[] all = Arrays.copyOf(first, headEnd + note.length + last.length - tailStart);
    System.arraycopy(note, 0, all, headEnd, note.length);
    System.arraycopy(last, tailStart, all, headEnd + note.length, last.length - tailStart);
    return all;
  }

  /** Returns where the last character that is whole before {@code end} ends. */
  private static int lastWhole(byte[] utf8, int end) {
    int lead = end - 1;
    while (lead > 0 && lead > end - 4 && isInner(utf8[lead])) {
      lead--;
    }
    int wanted = utf8[lead] >= 0 ? 1 : Integer.numberOfLeadingZeros(~utf8[lead] << 24);
    return lead + wanted > end ? lead : end;
  }

  /** Whether a byte is one of a UTF-8 character's, but not its first. */
  private static boolean isInner(byte b) {
    return (b & 0xc0) == 0x80;
  }
}
