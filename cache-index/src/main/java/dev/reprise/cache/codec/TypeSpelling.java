package dev.reprise.cache.codec;

import org.apache.arrow.vector.types.pojo.ArrowType;

/**
 * Types of columns as content digests have them, such as {@code Int(32, true)}. It is what Arrow 19
 * prints; spelt here, since another Arrow, which an engine may bring, may print something else, and
 * then every table would have another digest.
 */
final class TypeSpelling {
  private TypeSpelling() {}

  /** All that tells the type from others, but for its children and a time zone named "null". */
  static String of(ArrowType type) {
    String name = type.getTypeID().name();
    return switch (type.getTypeID()) {
      case Int -> {
        ArrowType.Int of = (ArrowType.Int) type;
        yield name + "(" + of.getBitWidth() + ", " + of.getIsSigned() + ")";
      }
      case FloatingPoint ->
          name + "(" + ((ArrowType.FloatingPoint) type).getPrecision().name() + ")";
      case Decimal -> {
        ArrowType.Decimal of = (ArrowType.Decimal) type;
        yield name
            + ("(" + of.getPrecision() + ", " + of.getScale() + ", " + of.getBitWidth() + ")");
      }
      case FixedSizeBinary -> name + "(" + ((ArrowType.FixedSizeBinary) type).getByteWidth() + ")";
      case FixedSizeList -> name + "(" + ((ArrowType.FixedSizeList) type).getListSize() + ")";
      case Date -> name + "(" + ((ArrowType.Date) type).getUnit().name() + ")";
      case Time -> {
        ArrowType.Time of = (ArrowType.Time) type;
        yield name + "(" + of.getUnit().name() + ", " + of.getBitWidth() + ")";
      }
      case Timestamp -> {
        ArrowType.Timestamp of = (ArrowType.Timestamp) type;
        yield name + "(" + of.getUnit().name() + ", " + of.getTimezone() + ")";
      }
      case Duration -> name + "(" + ((ArrowType.Duration) type).getUnit().name() + ")";
      case Interval -> name + "(" + ((ArrowType.Interval) type).getUnit().name() + ")";
      case Map -> name + "(" + ((ArrowType.Map) type).getKeysSorted() + ")";
      case Null, Bool, Utf8, LargeUtf8, Binary, LargeBinary, List, LargeList, Struct -> name;
      default -> type.toString(); // no table keeps it, see TableTypes
    };
  }
}
