package dev.reprise.cache.codec;

import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseLargeVariableWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.ListVector;

/**
 * Checks that offsets ascend within what they point into, so that no cell begins or ends outside of
 * its buffer. Arrow's own full validation also decodes all text, which takes twenty times as long
 * and guards nothing more.
 */
final class OffsetCheck {
  private OffsetCheck() {}

  /**
   * Checks a vector and its children, whose buffers are known to be large enough.
   *
   * @throws IllegalArgumentException if an offset is out of order or out of range
   */
  static void check(FieldVector vector) {
    int count = vector.getValueCount();
    if (count > 0) {
      if (vector instanceof BaseVariableWidthVector texts) {
        ints(texts.getOffsetBuffer(), count, texts.getDataBuffer().capacity());
      } else if (vector instanceof BaseLargeVariableWidthVector texts) {
        longs(texts.getOffsetBuffer(), count, texts.getDataBuffer().capacity());
      } else if (vector instanceof ListVector list) { // a map is one, too
        ints(list.getOffsetBuffer(), count, list.getDataVector().getValueCount());
      } else if (vector instanceof LargeListVector list) {
        longs(list.getOffsetBuffer(), count, list.getDataVector().getValueCount());
      }
    }
    vector.getChildrenFromFields().forEach(OffsetCheck::check);
  }

  private static void ints(ArrowBuf offsets, int count, long end) {
    long last = 0;
    for (long i = 0; i <= count; i++) {
      last = ascending(last, offsets.getInt(i * Integer.BYTES));
    }
    within(last, end);
  }

  private static void longs(ArrowBuf offsets, int count, long end) {
    long last = 0;
    for (long i = 0; i <= count; i++) {
      last = ascending(last, offsets.getLong(i * Long.BYTES));
    }
    within(last, end);
  }

  private static long ascending(long last, long next) {
    if (next < last) {
      throw new IllegalArgumentException("offset " + next + " comes after " + last);
    }
    return next;
  }

  private static void within(long last, long end) {
    if (last > end) {
      throw new IllegalArgumentException("offset " + last + " is beyond the end at " + end);
    }
  }
}
