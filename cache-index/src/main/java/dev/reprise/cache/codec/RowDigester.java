package dev.reprise.cache.codec;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import java.security.DigestException;
import java.security.MessageDigest;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Digests a table row by row while it is written.
 *
 * @see <a href="../../../../../../../docs/adr/0005-row-digests.md">ADR-0005</a>
 */
final class RowDigester {
  private final Fingerprint schema;
  private final RowOrder order;
  private final MessageDigest sha256 = Hasher.sha256();
  private final MessageDigest sequence = Hasher.sha256();
  private final RowBytes row = new RowBytes();
  private final byte[] digest = new byte[Fingerprint.BYTES];
  private final RowSum sum = new RowSum();
  private long rows;

  RowDigester(Schema schema, RowOrder order) {
    this.schema = TableDigest.schemaDigest(schema);
    this.order = order;
  }

  void add(VectorSchemaRoot batch) {
    CellBytes[] columns =
        batch.getFieldVectors().stream().map(CellBytes::of).toArray(CellBytes[]::new);
    int count = batch.getRowCount();
    for (int i = 0; i < count; i++) {
      row.clear();
      for (CellBytes column : columns) {
        column.put(i, row);
      }
      row.digest(sha256);
      finishRow();
    }
    rows += count;
  }

  long rows() {
    return rows;
  }

  /**
   * The sum so far.
   *
   * @throws IllegalStateException if the order of rows matters: such tables have no sum
   */
  TableDigest digest() {
    if (order != RowOrder.ANY) {
      throw new IllegalStateException("a table whose order matters has no sum of rows");
    }
    return new TableDigest(schema, rows, sum.value());
  }

  /** The content digest; to be asked once, at the end. */
  Fingerprint content() {
    if (order == RowOrder.ANY) {
      return digest().content();
    }
    return Hasher.of("reprise/table-in-order/1")
        .putFingerprint(schema)
        .putLong(rows)
        .putBytes(sequence.digest())
        .finish();
  }

  private void finishRow() {
    try {
      sha256.digest(digest, 0, digest.length);
    } catch (DigestException e) {
      throw new IllegalStateException("a SHA-256 digest has 32 bytes", e);
    }
    if (order == RowOrder.ANY) {
      sum.add(digest);
    } else {
      sequence.update(digest);
    }
  }
}
