package dev.reprise.cli.result;

import dev.reprise.cache.base.Text;
import dev.reprise.cli.base.CommandException;
import dev.reprise.cli.base.ExitCode;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.ArrowType.ArrowTypeID;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/** The types of columns in DuckDB's SQL, and how they come out of JSON. */
final class DuckDbTypes {
  private static final int MOST_DIGITS = 38;

  private DuckDbTypes() {}

  /**
   * Refuses a table that would not come out as it went in.
   *
   * @throws CommandException if so; names the column and the way out
   */
  static void check(List<Field> columns) throws CommandException {
    checkNames(columns, "column", "a table without columns");
    for (Field column : columns) {
      check(column);
      checkFieldsOf(column);
    }
  }

  private static void checkFieldsOf(Field column) throws CommandException {
    if (column.getType().getTypeID() == ArrowTypeID.Struct) {
      checkNames(column.getChildren(), "field", "a struct without fields");
    }
    for (Field child : column.getChildren()) {
      checkFieldsOf(child);
    }
  }

  private static void checkNames(List<Field> fields, String what, String none)
      throws CommandException {
    if (fields.isEmpty()) {
      throw refusal(none);
    }
    Set<String> names = new HashSet<>();
    for (Field field : fields) {
      if (field.getName().isEmpty()) {
        throw refusal("a %s without a name".formatted(what));
      }
      if (!names.add(field.getName().toLowerCase(Locale.ROOT))) {
        throw refusal(
            "two %ss of the name %s, capital letters aside,"
                .formatted(what, Text.quote(field.getName())));
      }
    }
  }

  private static CommandException refusal(String what) {
    return new CommandException(
        ExitCode.USAGE, what + " cannot be written as Parquet here; use --format arrow");
  }

  private static void check(Field column) throws CommandException {
    if (!isBinary(column) && type(column) == null) {
      throw new CommandException(
          ExitCode.USAGE,
          "column %s is of type %s, which cannot be written as Parquet here without loss; use --format arrow"
              .formatted(Text.quote(column.getName()), column.getType()));
    }
  }

  /** The type as which the column is read from JSON. */
  static String readAs(Field column) {
    return isBinary(column) ? "VARCHAR" : String.valueOf(type(column));
  }

  /** The column as it is selected. */
  static String expression(Field column) {
    String name = quoted(column.getName());
    if (isBinary(column)) {
      return "from_base64(%s) AS %s".formatted(name, name);
    } else if (column.getType().getTypeID() == ArrowTypeID.Map) {
      return "map_from_entries(%s) AS %s".formatted(name, name);
    }
    return name;
  }

  /** The type in SQL; null if there is none that loses nothing. */
  private static @Nullable String type(Field field) {
    ArrowType type = field.getType();
    if (type instanceof ArrowType.Int whole) {
      return whole(whole);
    } else if (type instanceof ArrowType.FloatingPoint real) {
      return switch (real.getPrecision()) {
        case HALF, SINGLE -> "FLOAT";
        case DOUBLE -> "DOUBLE";
      };
    } else if (type instanceof ArrowType.Decimal decimal) {
      return decimal.getPrecision() <= MOST_DIGITS
          ? "DECIMAL(%s,%s)".formatted(decimal.getPrecision(), decimal.getScale())
          : null;
    } else if (type instanceof ArrowType.Timestamp timestamp) {
      return timestamp(timestamp);
    } else if (type instanceof ArrowType.Time time) {
      return time.getUnit() == TimeUnit.NANOSECOND ? null : "TIME";
    }
    return switch (type.getTypeID()) {
      case Bool -> "BOOLEAN";
      case Utf8, LargeUtf8, Null -> "VARCHAR";
      case Date -> "DATE";
      case List, LargeList, FixedSizeList, Map -> array(field.getChildren().get(0));
      case Struct -> struct(field.getChildren());
      default -> null;
    };
  }

  private static String whole(ArrowType.Int type) {
    String name =
        switch (type.getBitWidth()) {
          case 8 -> "TINYINT";
          case 16 -> "SMALLINT";
          case 32 -> "INTEGER";
          default -> "BIGINT";
        };
    return type.getIsSigned() ? name : "U" + name;
  }

  private static @Nullable String timestamp(ArrowType.Timestamp type) {
    boolean nanos = type.getUnit() == TimeUnit.NANOSECOND;
    if (type.getTimezone() != null) {
      return nanos ? null : "TIMESTAMPTZ";
    }
    return nanos ? "TIMESTAMP_NS" : "TIMESTAMP";
  }

  private static @Nullable String array(Field element) {
    String type = type(element);
    return type == null ? null : type + "[]";
  }

  private static @Nullable String struct(List<Field> children) {
    if (children.stream().anyMatch(child -> type(child) == null)) {
      return null;
    }
    return children.stream()
        .map(child -> quoted(child.getName()) + " " + type(child))
        .collect(Collectors.joining(", ", "STRUCT(", ")"));
  }

  private static boolean isBinary(Field column) {
    ArrowTypeID id = column.getType().getTypeID();
    return id == ArrowTypeID.Binary
        || id == ArrowTypeID.LargeBinary
        || id == ArrowTypeID.FixedSizeBinary;
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
