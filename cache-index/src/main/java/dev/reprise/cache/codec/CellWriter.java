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
 * Writes the cells of one column as they enter a row's digest: whether there is a value, then the
 * value, with its length in front if that is not fixed. What lies under a null is not read.
 * Floating point enters by its bits.
 */
abstract class CellWriter {
  private static final int NULL = 0;
  private static final int VALUE = 1;

  private final FieldVector vector;
  private final boolean mayBeNull;

  private CellWriter(FieldVector vector) {
    this.vector = vector;
    this.mayBeNull = vector.getNullCount() > 0;
  }

  /** Adds cell {@code i} to the row. */
  final void write(int i, RowBuffer row) {
    if (mayBeNull && vector.isNull(i)) {
      row.putByte(NULL);
    } else {
      row.putByte(VALUE);
      value(i, row);
    }
  }

  /** Adds a value that is there. */
  abstract void value(int i, RowBuffer row);

  /**
   * Returns the writer for a column.
   *
   * @throws IllegalArgumentException if tables do not take its type; names it
   */
  static CellWriter of(FieldVector vector) {
    if (vector instanceof BitVector bits) {
      return new CellWriter(bits) {
        @Override
        void value(int i, RowBuffer row) {
          row.putByte(bits.get(i));
        }
      };
    } else if (vector instanceof BaseFixedWidthVector fixed) {
      return ofFixed(fixed);
    } else if (vector instanceof BaseVariableWidthVector variable) {
      ArrowBuf offsets = variable.getOffsetBuffer();
      ArrowBuf data = variable.getDataBuffer();
      return new CellWriter(variable) {
        @Override
        void value(int i, RowBuffer row) {
          int from = offsets.getInt(4L * i);
          int length = offsets.getInt(4L * i + 4) - from;
          row.putInt(length);
          row.putRaw(data, from, length);
        }
      };
    } else if (vector instanceof BaseLargeVariableWidthVector large) {
      ArrowBuf offsets = large.getOffsetBuffer();
      ArrowBuf data = large.getDataBuffer();
      return new CellWriter(large) {
        @Override
        void value(int i, RowBuffer row) {
          long from = offsets.getLong(8L * i);
          int length = Math.toIntExact(offsets.getLong(8L * i + 8) - from);
          row.putInt(length);
          row.putRaw(data, from, length);
        }
      };
    } else if (vector instanceof NullVector none) {
      return new CellWriter(none) {
        @Override
        void value(int i, RowBuffer row) {}
      };
    }
    return ofNested(vector);
  }

  private static CellWriter ofFixed(BaseFixedWidthVector fixed) {
    ArrowBuf data = fixed.getDataBuffer();
    int width = fixed.getTypeWidth();
    return switch (width) {
      case 4 ->
          new CellWriter(fixed) {
            @Override
            void value(int i, RowBuffer row) {
              row.putInt(data.getInt(4L * i));
            }
          };
      case 8 ->
          new CellWriter(fixed) {
            @Override
            void value(int i, RowBuffer row) {
              row.putLong(data.getLong(8L * i));
            }
          };
      default ->
          new CellWriter(fixed) {
            @Override
            void value(int i, RowBuffer row) {
              row.putRaw(data, (long) width * i, width);
            }
          };
    };
  }

  private static CellWriter ofNested(FieldVector vector) {
    if (vector instanceof ListVector list) { // a map is a list of its entries
      CellWriter elements = of(list.getDataVector());
      return new CellWriter(list) {
        @Override
        void value(int i, RowBuffer row) {
          elements(elements, list.getElementStartIndex(i), list.getElementEndIndex(i), row);
        }
      };
    } else if (vector instanceof LargeListVector list) {
      CellWriter elements = of(list.getDataVector());
      return new CellWriter(list) {
        @Override
        void value(int i, RowBuffer row) {
          elements(
              elements,
              Math.toIntExact(list.getElementStartIndex(i)),
              Math.toIntExact(list.getElementEndIndex(i)),
              row);
        }
      };
    } else if (vector instanceof FixedSizeListVector list) {
      CellWriter elements = of(list.getDataVector());
      return new CellWriter(list) {
        @Override
        void value(int i, RowBuffer row) {
          elements(elements, list.getElementStartIndex(i), list.getElementEndIndex(i), row);
        }
      };
    } else if (vector instanceof StructVector struct) {
      List<CellWriter> fields =
          struct.getChildrenFromFields().stream().map(CellWriter::of).toList();
      return new CellWriter(struct) {
        @Override
        void value(int i, RowBuffer row) {
          fields.forEach(field -> field.write(i, row));
        }
      };
    }
    throw new IllegalArgumentException(
        "column '%s' is of type %s, which tables do not take; convert it first"
            .formatted(vector.getName(), vector.getField().getType()));
  }

  private static void elements(CellWriter elements, int from, int to, RowBuffer row) {
    row.putInt(to - from);
    for (int i = from; i < to; i++) {
      elements.write(i, row);
    }
  }
}
