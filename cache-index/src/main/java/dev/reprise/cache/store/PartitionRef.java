package dev.reprise.cache.store;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import java.util.function.Function;

/**
 * One partition of a result: what it holds and where its bytes are.
 *
 * @param content digest of what the partition means; for tables independent of row order and layout
 * @param codec id of the codec that wrote the bytes, such as {@code kryo/1}
 * @param size of the encoded bytes
 * @param rows number of rows of a table, {@link #NOT_A_TABLE} for anything else
 * @param schema of a table, as the codec wrote it; empty for anything else
 * @param location where the bytes are
 */
public record PartitionRef(
    Fingerprint content, String codec, long size, long rows, Bytes schema, Location location) {
  /** The number of rows of what has no rows. */
  public static final long NOT_A_TABLE = -1;

  public PartitionRef {
    checkArgument(size >= 0, "size of a partition must not be negative: %s", size);
    checkArgument(rows >= NOT_A_TABLE, "rows of a partition must not be negative: %s", rows);
  }

  /** Returns the same partition with its bytes at {@code elsewhere}. */
  public PartitionRef at(Location elsewhere) {
    return new PartitionRef(content, codec, size, rows, schema, elsewhere);
  }

  /** Where the bytes of a partition are. */
  public sealed interface Location {
    /** In the index record itself: results of at most some tens of KiB. */
    record Inline(Bytes bytes) implements Location {}

    /** In the result store, published. */
    record Stored(BlobRef blob) implements Location {}

    /**
     * In the result store under a temporary name, written by an attempt and not yet published;
     * never in an index record.
     *
     * @param temporary relative to the store's folder
     */
    record Pending(String temporary, BlobRef blob) implements Location {}

    /** Calls the function for the case at hand. */
    default <T> T fold(
        Function<Inline, T> inline, Function<Stored, T> stored, Function<Pending, T> pending) {
      if (this instanceof Inline here) {
        return inline.apply(here);
      }
      return this instanceof Stored there ? stored.apply(there) : pending.apply((Pending) this);
    }
  }
}
