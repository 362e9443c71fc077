package dev.reprise.spark.table;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.codec.TableDigest;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.executor.Answer;
import dev.reprise.executor.AttemptResult.Success;
import dev.reprise.executor.envelope.Envelope;
import dev.reprise.executor.envelope.EnvelopeException;
import java.util.List;

/**
 * One task's piece of a table, as it is told to the driver.
 *
 * @param digest of its rows, which can be added to that of other pieces; that of no rows where
 *     their order matters
 */
record Piece(PartitionRef partition, TableDigest digest) {
  private static final int VERSION = 1;

  byte[] toBytes() {
    Success success = new Success(Manifest.one(partition), 0, Bytes.EMPTY, null, "");
    return new ByteWriter()
        .putByte(VERSION)
        .putBytes(Envelope.pack(List.of(new Answer(0, success))))
        .putBytes(digest.schema().bytes())
        .putLong(digest.rows())
        .putBytes(digest.sum().bytes())
        .toByteArray();
  }

  /**
   * Reads what {@link #toBytes} made.
   *
   * @throws IllegalStateException if another release of Reprise made it
   */
  static Piece of(byte[] bytes) {
    try {
      ByteReader in = new ByteReader(bytes);
      int version = in.getByte();
      if (version != VERSION) {
        throw new BadRecordException("version " + version + " where " + VERSION + " is read");
      }
      Answer answer = Envelope.unpackAnswers(in.getBytes()).get(0);
      PartitionRef partition = ((Success) answer.result()).manifest().partitions().get(0);
      Fingerprint schema = Fingerprint.of(in.getBytes());
      long rows = in.getLong();
      Piece piece =
          new Piece(partition, new TableDigest(schema, rows, Fingerprint.of(in.getBytes())));
      in.checkEnd();
      return piece;
    } catch (BadRecordException | EnvelopeException e) {
      throw new IllegalStateException(
          "what an executor sent cannot be read, %s: give driver and executors the same Reprise"
              .formatted(e.getMessage()),
          e);
    }
  }
}
