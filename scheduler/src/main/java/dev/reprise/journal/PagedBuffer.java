package dev.reprise.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * Bytes that wait to be written, in pages: what is there is never copied to make room for more, and
 * a channel, which copies a page before it writes it, needs memory for one. Some pages are kept
 * when it is emptied.
 */
final class PagedBuffer {
  private static final int PAGE_BYTES = 64 << 10;
  private static final int MOST_KEPT = 32;

  private final List<byte[]> pages = new ArrayList<>();

  /** Of all pages together. */
  private int size;

  int size() {
    return size;
  }

  void put(byte[] from, int length) {
    int at = 0;
    while (at < length) {
      byte[] page = page();
      int offset = size % PAGE_BYTES;
      int part = Math.min(length - at, PAGE_BYTES - offset);
      System.arraycopy(from, at, page, offset, part);
      at += part;
      size = Math.addExact(size, part);
    }
  }

  void putInt(int value) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      page()[size % PAGE_BYTES] = (byte) (value >>> shift);
      size = Math.addExact(size, 1);
    }
  }

  /** The page that gets the next byte. */
  private byte[] page() {
    int index = size / PAGE_BYTES;
    if (index == pages.size()) {
      pages.add(new byte[PAGE_BYTES]);
    }
    return pages.get(index);
  }

  /**
   * Writes all and empties it.
   *
   * @param written told after each write how many bytes it took
   */
  void transfer(WritableByteChannel to, Written written) throws IOException {
    for (int at = 0; at < size; at += PAGE_BYTES) {
      ByteBuffer bytes =
          ByteBuffer.wrap(pages.get(at / PAGE_BYTES), 0, Math.min(PAGE_BYTES, size - at));
      while (bytes.hasRemaining()) {
        written.bytes(to.write(bytes));
      }
    }
    clear();
  }

  void clear() {
    size = 0;
    if (pages.size() > MOST_KEPT) {
      pages.subList(MOST_KEPT, pages.size()).clear();
    }
  }

  /** Hears what a write took. */
  interface Written {
    void bytes(int count);
  }
}
