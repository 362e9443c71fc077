package dev.reprise.cache.codec;

import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BaseLargeVariableWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.NullVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;

/**
 * Puts the cells of one column into rows: a byte that tells null, and for what is not null the
 * value, of fixed size or with its length. What lies under a null, and how values are laid out in
 * buffers, does not show. The type is not repeated here: the digest of a table covers it once.
 */
interface CellBytes {
  /** Puts cell {@code i} of the batch that this was made for. */
  void put(int i, RowBytes to);

  /** Returns what puts the cells of {@code vector}, as it is now. */
  static CellBytes of(FieldVector vector) {
    CellBytes values = valuesOf(vector);
    if (vector instanceof NullVector) {
      return values;
    }
    if (vector.getNullCount() == 0) {
      return (i, to) -> {
        to.putByte(1);
        values.put(i, to);
      };
    }
    ArrowBuf validity = vector.getValidityBuffer();
    return (i, to) -> {
      boolean set = (validity.getByte(i >>> 3) >>> (i & 7) & 1) == 1;
      to.putByte(set ? 1 : 0);
      if (set) {
        values.put(i, to);
      }
    };
  }

  private static CellBytes valuesOf(FieldVector vector) {
    if (vector instanceof NullVector) {
      return (i, to) -> to.putByte(0);
    }
    if (vector instanceof BitVector bits) {
      return (i, to) -> to.putByte(bits.get(i));
    }
    if (vector instanceof BaseFixedWidthVector fixed) {
      return fixed(fixed.getDataBuffer(), fixed.getTypeWidth());
    }
    if (vector instanceof BaseVariableWidthVector texts) {
      ArrowBuf offsets = texts.getOffsetBuffer();
      ArrowBuf data = texts.getDataBuffer();
      return (i, to) -> {
        int start = offsets.getInt((long) i * Integer.BYTES);
        int length = offsets.getInt((i + 1L) * Integer.BYTES) - start;
        to.putInt(length);
        to.put(data, start, length);
      };
    }
    if (vector instanceof BaseLargeVariableWidthVector texts) {
      ArrowBuf offsets = texts.getOffsetBuffer();
      ArrowBuf data = texts.getDataBuffer();
      return (i, to) -> {
        long start = offsets.getLong((long) i * Long.BYTES);
        int length = Math.toIntExact(offsets.getLong((i + 1L) * Long.BYTES) - start);
        to.putInt(length);
        to.put(data, start, length);
      };
    }
    return nested(vector);
  }

  private static CellBytes fixed(ArrowBuf data, int width) {
    return switch (width) {
      case Integer.BYTES -> (i, to) -> to.putInt(data.getInt((long) i * Integer.BYTES));
      case Long.BYTES -> (i, to) -> to.putLong(data.getLong((long) i * Long.BYTES));
      default -> (i, to) -> to.put(data, (long) i * width, width);
    };
  }

  private static CellBytes nested(FieldVector vector) {
    if (vector instanceof StructVector struct) {
      List<CellBytes> children =
          struct.getChildrenFromFields().stream().map(CellBytes::of).toList();
      return (i, to) -> children.forEach(child -> child.put(i, to));
    }
    if (vector instanceof ListVector list) { // a map is one, too
      CellBytes elements = of(list.getDataVector());
      ArrowBuf offsets = list.getOffsetBuffer();
      return (i, to) ->
          elements(
              elements,
              offsets.getInt((long) i * Integer.BYTES),
              offsets.getInt((i + 1L) * Integer.BYTES),
              to);
    }
    if (vector instanceof LargeListVector list) {
      CellBytes elements = of(list.getDataVector());
      ArrowBuf offsets = list.getOffsetBuffer();
      return (i, to) ->
          elements(
              elements,
              Math.toIntExact(offsets.getLong((long) i * Long.BYTES)),
              Math.toIntExact(offsets.getLong((i + 1L) * Long.BYTES)),
              to);
    }
    if (vector instanceof FixedSizeListVector list) {
      CellBytes elements = of(list.getDataVector());
      int size = list.getListSize();
      return (i, to) -> elements(elements, i * size, (i + 1) * size, to);
    }
    throw new IllegalArgumentException(
        "a table cannot keep a column of type " + vector.getField().getType());
  }

  private static void elements(CellBytes elements, int start, int end, RowBytes to) {
    to.putInt(end - start);
    for (int i = start; i < end; i++) {
      elements.put(i, to);
    }
  }
}
