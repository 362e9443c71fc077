package dev.reprise.cache.codec;

import dev.reprise.cache.base.Text;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.arrow.vector.types.pojo.ArrowType.ArrowTypeID;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** The types of columns that tables may have. */
final class TableTypes {
  static final Set<ArrowTypeID> TAKEN =
      EnumSet.of(
          ArrowTypeID.Null,
          ArrowTypeID.Bool,
          ArrowTypeID.Int,
          ArrowTypeID.FloatingPoint,
          ArrowTypeID.Decimal,
          ArrowTypeID.Utf8,
          ArrowTypeID.LargeUtf8,
          ArrowTypeID.Binary,
          ArrowTypeID.LargeBinary,
          ArrowTypeID.FixedSizeBinary,
          ArrowTypeID.Date,
          ArrowTypeID.Time,
          ArrowTypeID.Timestamp,
          ArrowTypeID.Duration,
          ArrowTypeID.Interval,
          ArrowTypeID.List,
          ArrowTypeID.LargeList,
          ArrowTypeID.FixedSizeList,
          ArrowTypeID.Struct,
          ArrowTypeID.Map);

  private TableTypes() {}

  /** Why a table cannot have this schema; null if it can. */
  static @Nullable String refusal(Schema schema) {
    return refusal(schema.getFields(), "", 1);
  }

  private static @Nullable String refusal(List<Field> fields, String parent, int depth) {
    for (Field field : fields) {
      String path = parent + field.getName();
      if (depth > SchemaNesting.DEEPEST) {
        return "column "
            + Text.quote(path)
            + " lies more than %d deep in others; flatten it".formatted(SchemaNesting.DEEPEST);
      }
      if (field.getDictionary() != null) {
        return "column "
            + Text.quote(path)
            + " is dictionary-encoded; decode it, or copy the reader that knows the dictionary";
      }
      if (!TAKEN.contains(field.getType().getTypeID())) {
        return "column "
            + Text.quote(path)
            + " is of type "
            + field.getType()
            + ", which a table cannot keep; cast it to another";
      }
      String inside = refusal(field.getChildren(), path + ".", depth + 1);
      if (inside != null) {
        return inside;
      }
    }
    return null;
  }
}
