package dev.reprise.spark.table;

import dev.reprise.cache.base.Text;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * The schema of a table as Arrow and as Spark has it. What does not come back as it was is refused.
 */
final class TableSchemas {
  private static final String UTC = "UTC";

  private TableSchemas() {}

  /**
   * The Arrow schema of a dataset.
   *
   * @throws IllegalArgumentException if it has a column that a table cannot keep; names it
   */
  static Schema toArrow(StructType type) {
    return new Schema(fields(type, ""));
  }

  /**
   * Columns and fields are found by their names, where there are two by that of the wrong one.
   *
   * @param parent path of the column that has the fields, with a dot; empty for columns
   */
  private static void checkNames(List<String> names, String parent) {
    Set<String> all = new HashSet<>();
    for (String name : names) {
      if (!all.add(name)) {
        String what =
            parent.isEmpty()
                ? "the table has two columns "
                : "column %s has two fields "
                    .formatted(Text.quote(parent.substring(0, parent.length() - 1)));
        throw new IllegalArgumentException(
            what + Text.quote(name) + "; rename one, or select those that are wanted");
      }
    }
  }

  private static List<Field> fields(StructType type, String parent) {
    checkNames(List.of(type.fieldNames()), parent);
    List<Field> fields = new ArrayList<>();
    for (StructField field : type.fields()) {
      fields.add(field(field.name(), field.dataType(), parent + field.name()));
    }
    return fields;
  }

  private static Field field(String name, DataType type, String path) {
    if (type instanceof ArrayType array) {
      return nullable(
          name, ArrowType.List.INSTANCE, List.of(field("element", array.elementType(), path)));
    }
    if (type instanceof StructType struct) {
      return nullable(name, ArrowType.Struct.INSTANCE, fields(struct, path + "."));
    }
    if (type instanceof MapType map) {
      Field key = field("key", map.keyType(), path + ".key");
      FieldType never = new FieldType(false, key.getType(), null);
      Field entries =
          new Field(
              "entries",
              FieldType.notNullable(ArrowType.Struct.INSTANCE),
              List.of(
                  new Field("key", never, key.getChildren()),
                  field("value", map.valueType(), path + ".value")));
      return nullable(name, new ArrowType.Map(false), List.of(entries));
    }
    return nullable(name, plain(type, path), List.of());
  }

  private static Field nullable(String name, ArrowType type, List<Field> children) {
    return new Field(name, FieldType.nullable(type), children);
  }

  private static ArrowType plain(DataType type, String path) {
    if (type instanceof DecimalType decimal) {
      return new ArrowType.Decimal(decimal.precision(), decimal.scale(), 128);
    }
    if (type.equals(DataTypes.StringType)) {
      return ArrowType.Utf8.INSTANCE;
    } else if (type.equals(DataTypes.LongType)) {
      return new ArrowType.Int(64, true);
    } else if (type.equals(DataTypes.IntegerType)) {
      return new ArrowType.Int(32, true);
    } else if (type.equals(DataTypes.DoubleType)) {
      return new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
    } else if (type.equals(DataTypes.FloatType)) {
      return new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
    } else if (type.equals(DataTypes.BooleanType)) {
      return ArrowType.Bool.INSTANCE;
    } else if (type.equals(DataTypes.DateType)) {
      return new ArrowType.Date(DateUnit.DAY);
    } else if (type.equals(DataTypes.TimestampType)) {
      return new ArrowType.Timestamp(TimeUnit.MICROSECOND, UTC);
    } else if (type.equals(DataTypes.TimestampNTZType)) {
      return new ArrowType.Timestamp(TimeUnit.MICROSECOND, null);
    } else if (type.equals(DataTypes.BinaryType)) {
      return ArrowType.Binary.INSTANCE;
    } else if (type.equals(DataTypes.ShortType)) {
      return new ArrowType.Int(16, true);
    } else if (type.equals(DataTypes.ByteType)) {
      return new ArrowType.Int(8, true);
    } else if (type.equals(DataTypes.NullType)) {
      return ArrowType.Null.INSTANCE;
    }
    throw new IllegalArgumentException(
        "column %s is of type %s, which a table cannot keep; cast it to another"
            .formatted(Text.quote(path), type.sql()));
  }

  /**
   * Spark's schema of a table.
   *
   * @throws IllegalArgumentException if it has a column of a type that Spark has not, or two of one
   *     name; names it
   */
  static StructType toSpark(Schema schema) {
    return struct(schema.getFields(), "");
  }

  private static StructType struct(List<Field> fields, String parent) {
    checkNames(fields.stream().map(Field::getName).toList(), parent);
    return new StructType(
        fields.stream()
            .map(
                field ->
                    new StructField(
                        field.getName(),
                        type(field, parent + field.getName()),
                        true,
                        Metadata.empty()))
            .toArray(StructField[]::new));
  }

  private static DataType type(Field field, String path) {
    ArrowType type = field.getType();
    List<Field> children = field.getChildren();
    if (type instanceof ArrowType.List) {
      return DataTypes.createArrayType(type(children.get(0), path), true);
    } else if (type instanceof ArrowType.Struct) {
      return struct(children, path + ".");
    } else if (type instanceof ArrowType.Map) {
      List<Field> entry = children.get(0).getChildren();
      return DataTypes.createMapType(
          type(entry.get(0), path + ".key"), type(entry.get(1), path + ".value"), true);
    } else if (type instanceof ArrowType.Decimal decimal && decimal.getBitWidth() == 128) {
      return DataTypes.createDecimalType(decimal.getPrecision(), decimal.getScale());
    }
    DataType known = plain(type);
    if (known == null) {
      throw new IllegalArgumentException(
          "column %s is of Arrow's type %s, which Spark does not have; cast it in the step that makes the table"
              .formatted(Text.quote(path), type));
    }
    return known;
  }

  private static @Nullable DataType plain(ArrowType type) {
    return switch (type.getTypeID()) {
      case Null -> DataTypes.NullType;
      case Bool -> DataTypes.BooleanType;
      case Utf8, LargeUtf8 -> DataTypes.StringType;
      case Binary, LargeBinary -> DataTypes.BinaryType;
      case Int -> whole((ArrowType.Int) type);
      case FloatingPoint ->
          switch (((ArrowType.FloatingPoint) type).getPrecision()) {
            case DOUBLE -> DataTypes.DoubleType;
            case SINGLE -> DataTypes.FloatType;
            case HALF -> null;
          };
      case Date -> ((ArrowType.Date) type).getUnit() == DateUnit.DAY ? DataTypes.DateType : null;
      case Timestamp -> timestamp((ArrowType.Timestamp) type);
      default -> null;
    };
  }

  private static @Nullable DataType whole(ArrowType.Int type) {
    if (!type.getIsSigned()) {
      return null;
    }
    return switch (type.getBitWidth()) {
      case 8 -> DataTypes.ByteType;
      case 16 -> DataTypes.ShortType;
      case 32 -> DataTypes.IntegerType;
      case 64 -> DataTypes.LongType;
      default -> null;
    };
  }

  private static @Nullable DataType timestamp(ArrowType.Timestamp type) {
    if (type.getUnit() != TimeUnit.MICROSECOND) {
      return null;
    }
    return type.getTimezone() == null ? DataTypes.TimestampNTZType : DataTypes.TimestampType;
  }
}
