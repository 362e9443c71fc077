package dev.reprise.cache.codec;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.List;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * The content digest of a table, gathered batch by batch. Each row is digested with SHA-256; the
 * digests are added modulo 2^256, so their order does not matter and equal rows do not cancel out.
 * The sum is bound to the number of rows and to names, types and order of the columns.
 *
 * <p>Safe against accident, not against a writer who prepares collisions: sums of chosen digests
 * can be made to meet (Wagner, "A generalized birthday problem", CRYPTO 2002). {@link
 * RowOrder#SIGNIFICANT} digests the row digests in order and has no such weakness.
 *
 * @see <a href="../../../../../../../docs/adr/0005-row-digests.md">ADR-0005, row digests</a>
 */
final class RowDigest {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final RowOrder order;
  private final Fingerprint columns;
  private final MessageDigest row = Hasher.sha256();
  private final MessageDigest sequence = Hasher.sha256();
  private final byte[] digest = new byte[Fingerprint.BYTES];
  private final RowBuffer buffer = new RowBuffer();
  private long rows;

  // The sum, least significant long last.
  private long sum0;
  private long sum1;
  private long sum2;
  private long sum3;

  RowDigest(Schema schema, RowOrder order) {
    this.order = order;
    Hasher hasher = Hasher.of("reprise/columns/1").putLong(schema.getFields().size());
    for (Field field : schema.getFields()) {
      hasher.putString(ArrowTypes.describe(field));
    }
    this.columns = hasher.finish();
  }

  /** Adds the rows of a batch. */
  void add(VectorSchemaRoot batch) {
    List<CellWriter> cells = batch.getFieldVectors().stream().map(CellWriter::of).toList();
    CellWriter[] writers = cells.toArray(CellWriter[]::new);
    int count = batch.getRowCount();
    for (int i = 0; i < count; i++) {
      buffer.clear();
      for (CellWriter writer : writers) {
        writer.write(i, buffer);
      }
      row.update(buffer.array(), 0, buffer.size());
      try {
        row.digest(digest, 0, digest.length);
      } catch (DigestException e) {
        throw new IllegalStateException("SHA-256 does not fit into its own size", e);
      }
      if (order == RowOrder.ANY) {
        addToSum();
      } else {
        sequence.update(digest);
      }
    }
    rows += count;
  }

  private void addToSum() {
    long a3 = (long) LONGS.get(digest, 24);
    long a2 = (long) LONGS.get(digest, 16);
    long a1 = (long) LONGS.get(digest, 8);
    long a0 = (long) LONGS.get(digest, 0);
    sum3 += a3;
    long carry = Long.compareUnsigned(sum3, a3) < 0 ? 1 : 0;
    long next2 = sum2 + a2;
    long carry2 = Long.compareUnsigned(next2, a2) < 0 ? 1 : 0;
    sum2 = next2 + carry;
    carry2 |= carry == 1 && sum2 == 0 ? 1 : 0;
    long next1 = sum1 + a1;
    long carry1 = Long.compareUnsigned(next1, a1) < 0 ? 1 : 0;
    sum1 = next1 + carry2;
    carry1 |= carry2 == 1 && sum1 == 0 ? 1 : 0;
    sum0 += a0 + carry1;
  }

  /** Number of rows so far. */
  long rows() {
    return rows;
  }

  /** The content digest of all rows so far; call it once. */
  Fingerprint finish() {
    Hasher hasher =
        Hasher.of(order == RowOrder.ANY ? "reprise/rows/1" : "reprise/rows-in-order/1")
            .putFingerprint(columns)
            .putLong(rows);
    return order == RowOrder.ANY
        ? hasher.putLong(sum0).putLong(sum1).putLong(sum2).putLong(sum3).finish()
        : hasher.putFingerprint(Fingerprint.of(sequence.digest())).finish();
  }
}
