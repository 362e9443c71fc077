package dev.reprise.cache.codec;

import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.ArrowType.ArrowTypeID;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** Which columns tables may have. */
final class ArrowTypes {
  private ArrowTypes() {}

  /**
   * Checks every column.
   *
   * @throws IllegalArgumentException if one is of a type that tables do not take; names it
   */
  static void check(Schema schema) {
    schema.getFields().forEach(field -> check(field, field.getName()));
  }

  private static void check(Field field, String path) {
    ArrowTypeID type = field.getType().getTypeID();
    boolean taken =
        switch (type) {
          case Null,
              Bool,
              Int,
              FloatingPoint,
              Decimal,
              Utf8,
              LargeUtf8,
              Binary,
              LargeBinary,
              FixedSizeBinary,
              Date,
              Time,
              Timestamp,
              Duration,
              Interval,
              Struct,
              List,
              LargeList,
              FixedSizeList,
              Map ->
              true;
          default -> false;
        };
    if (!taken || field.getDictionary() != null) {
      throw new IllegalArgumentException(
          "column '%s' is of type %s, which tables do not take; convert it first"
              .formatted(path, taken ? "dictionary inside of another type" : field.getType()));
    }
    field.getChildren().forEach(child -> check(child, path + "." + child.getName()));
  }

  /** Name and type of a column and what is in it, without what does not change values. */
  static String describe(Field field) {
    StringBuilder text = new StringBuilder();
    describe(field, text);
    return text.toString();
  }

  private static void describe(Field field, StringBuilder text) {
    ArrowType type = field.getType();
    text.append(field.getName().length()).append(':').append(field.getName()).append(' ');
    text.append(type).append('[');
    field.getChildren().forEach(child -> describe(child, text));
    text.append(']');
  }
}
