package dev.reprise.cache.codec;

import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BaseLargeVariableWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;

/**
 * Puts zeros under nulls. What was in memory before must not get into a file that others read.
 *
 * @see <a href="https://arrow.apache.org/docs/format/Security.html">Arrow, security
 *     considerations</a>
 */
final class UnsetSlots {
  private UnsetSlots() {}

  static void zero(FieldVector vector) {
    vector.getChildrenFromFields().forEach(UnsetSlots::zero);
    if (vector.getNullCount() == 0) {
      return;
    }
    if (vector instanceof BitVector bits) {
      zeroBits(bits);
    } else if (vector instanceof BaseFixedWidthVector fixed) {
      ArrowBuf data = fixed.getDataBuffer();
      int width = fixed.getTypeWidth();
      for (int i = 0; i < fixed.getValueCount(); i++) {
        if (fixed.isNull(i)) {
          data.setZero((long) i * width, width);
        }
      }
    } else if (vector instanceof BaseVariableWidthVector texts) {
      for (int i = 0; i < texts.getValueCount(); i++) {
        if (texts.isNull(i)) {
          int start = texts.getStartOffset(i);
          zero(texts.getDataBuffer(), start, texts.getEndOffset(i) - start);
        }
      }
    } else if (vector instanceof BaseLargeVariableWidthVector texts) {
      ArrowBuf offsets = texts.getOffsetBuffer();
      for (int i = 0; i < texts.getValueCount(); i++) {
        if (texts.isNull(i)) {
          long start = offsets.getLong((long) i * Long.BYTES);
          zero(texts.getDataBuffer(), start, offsets.getLong((i + 1L) * Long.BYTES) - start);
        }
      }
    }
  }

  private static void zero(ArrowBuf data, long start, long length) {
    if (length > 0) {
      data.setZero(start, length);
    }
  }

  private static void zeroBits(BitVector bits) {
    ArrowBuf data = bits.getDataBuffer();
    ArrowBuf validity = bits.getValidityBuffer();
    for (int i = 0; i < (bits.getValueCount() + 7) / 8; i++) {
      data.setByte(i, data.getByte(i) & validity.getByte(i));
    }
  }
}
