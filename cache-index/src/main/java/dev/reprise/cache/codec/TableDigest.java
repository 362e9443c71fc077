package dev.reprise.cache.codec;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * What a table holds, whatever the order of its rows: the digest of its schema, the number of rows,
 * and the sum of the rows' digests modulo 2²⁵⁶. Digests of the pieces of a table can be added, so
 * that the same rows cut into other pieces digest the same.
 *
 * @param sum 32 bytes, as a big-endian number
 */
public record TableDigest(Fingerprint schema, long rows, Fingerprint sum) {
  /** The digest of the table of this schema without rows. */
  public static TableDigest empty(Schema schema) {
    return new TableDigest(schemaDigest(schema), 0, Fingerprint.of(new byte[Fingerprint.BYTES]));
  }

  /**
   * The digest of both tables' rows together.
   *
   * @throws IllegalArgumentException if their schemas differ
   */
  public TableDigest plus(TableDigest other) {
    checkArgument(schema.equals(other.schema), "tables of two schemas have no common digest");
    RowSum both = new RowSum();
    both.add(sum.bytes());
    both.add(other.sum.bytes());
    return new TableDigest(schema, Math.addExact(rows, other.rows), both.value());
  }

  /** The content digest by which consumers of the table are keyed. */
  public Fingerprint content() {
    return Hasher.of("reprise/table/1")
        .putFingerprint(schema)
        .putLong(rows)
        .putFingerprint(sum)
        .finish();
  }

  /** Names, types, nullability and metadata of all columns, in order: all that a reader can see. */
  static Fingerprint schemaDigest(Schema schema) {
    Hasher hasher = Hasher.of("reprise/schema");
    metadata(schema.getCustomMetadata(), hasher);
    fields(schema.getFields(), hasher);
    return hasher.finish();
  }

  private static void fields(List<Field> fields, Hasher hasher) {
    hasher.putLong(fields.size());
    for (Field field : fields) {
      String name = field.getName();
      hasher.putBoolean(name != null).putString(name == null ? "" : name);
      hasher.putBoolean(field.isNullable());
      type(field.getType(), hasher);
      metadata(field.getMetadata(), hasher);
      fields(field.getChildren(), hasher);
    }
  }

  private static void type(ArrowType type, Hasher hasher) {
    hasher.putString(type.getTypeID().name()).putString(TypeSpelling.of(type));
    if (type instanceof ArrowType.Timestamp timestamp) {
      hasher.putBoolean(timestamp.getTimezone() != null); // apart from the zone named "null"
    }
  }

  private static void metadata(Map<String, String> metadata, Hasher hasher) {
    hasher.putLong(metadata.size());
    new TreeMap<>(metadata).forEach((key, value) -> hasher.putString(key).putString(value));
  }
}
