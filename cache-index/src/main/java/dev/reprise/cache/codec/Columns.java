package dev.reprise.cache.codec;

import java.util.Arrays;
import java.util.List;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** Short names for the columns that most tables are made of; all of them may hold nulls. */
public final class Columns {
  private Columns() {}

  /** Puts columns together to a schema. */
  public static Schema schema(Field... columns) {
    return new Schema(Arrays.asList(columns));
  }

  /** A column of text. */
  public static Field text(String name) {
    return Field.nullable(name, ArrowType.Utf8.INSTANCE);
  }

  /** A column of truth values. */
  public static Field bool(String name) {
    return Field.nullable(name, ArrowType.Bool.INSTANCE);
  }

  /** A column of whole numbers of 32 bits. */
  public static Field int32(String name) {
    return Field.nullable(name, new ArrowType.Int(32, true));
  }

  /** A column of whole numbers of 64 bits. */
  public static Field int64(String name) {
    return Field.nullable(name, new ArrowType.Int(64, true));
  }

  /** A column of floating-point numbers of 64 bits. */
  public static Field float64(String name) {
    return Field.nullable(name, new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE));
  }

  /** A column of decimal numbers of at most {@code precision} digits. */
  public static Field decimal(String name, int precision, int scale) {
    return Field.nullable(name, new ArrowType.Decimal(precision, scale, 128));
  }

  /** A column of bytes. */
  public static Field binary(String name) {
    return Field.nullable(name, ArrowType.Binary.INSTANCE);
  }

  /** A column of days. */
  public static Field date(String name) {
    return Field.nullable(name, new ArrowType.Date(DateUnit.DAY));
  }

  /** A column of points in time, to the microsecond. */
  public static Field instant(String name) {
    return Field.nullable(name, new ArrowType.Timestamp(TimeUnit.MICROSECOND, "UTC"));
  }

  /** A column of dates and times of day without a zone, to the microsecond. */
  public static Field dateTime(String name) {
    return Field.nullable(name, new ArrowType.Timestamp(TimeUnit.MICROSECOND, null));
  }

  /** A column of lists of {@code element}, whose name does not matter. */
  public static Field list(String name, Field element) {
    return new Field(name, FieldType.nullable(ArrowType.List.INSTANCE), List.of(element));
  }

  /** A column of structs of {@code parts}. */
  public static Field struct(String name, Field... parts) {
    return new Field(name, FieldType.nullable(ArrowType.Struct.INSTANCE), Arrays.asList(parts));
  }
}
