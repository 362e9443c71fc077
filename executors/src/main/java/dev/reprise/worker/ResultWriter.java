package dev.reprise.worker;

import static java.util.Objects.requireNonNull;

import dev.reprise.cache.codec.Codec;
import dev.reprise.cache.codec.Codecs;
import dev.reprise.cache.codec.NoCodecException;
import dev.reprise.cache.store.BlobWriter;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.executor.TaskCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Encodes what units of one task return, digests it on the way, and leaves large pieces in the
 * store.
 */
final class ResultWriter {
  /**
   * So many bytes of one result may be inline, whatever the limit for each of its partitions: all
   * of them are one index record, which is written, held and read as a whole. Thousands of
   * partitions of some KiB each would make it hundreds of MiB.
   */
  static final long INLINE_BUDGET = 4 << 20;

  /**
   * Partitions of at most so many bytes are inline even beyond the budget: to name a blob takes as
   * many in the record, and a file for each of 100,000 numbers would take minutes.
   */
  static final int ALWAYS_INLINE = 128;

  private final Codecs codecs;
  private final ResultStore store;
  private final MemoryBudget memory;
  private final String run;
  private final TaskCode code;
  private final Shape shape;
  private final int inlineLimit;

  /**
   * @param memory for what the store does not take
   */
  ResultWriter(Codecs codecs, ResultStore store, MemoryBudget memory, String run, TaskCode code) {
    this.codecs = codecs;
    this.store = store;
    this.memory = memory;
    this.run = run;
    this.code = code;
    shape = code.shape();
    inlineLimit = code.inlineLimit();
  }

  /** Opens what the bytes of one partition go to. */
  @FunctionalInterface
  private interface Sink {
    BlobWriter open(int inlineLimit) throws IOException;
  }

  /**
   * A written result.
   *
   * @param notKept why it is good for this run alone; null if it may be kept
   */
  record Written(Manifest manifest, @Nullable String notKept) {}

  /**
   * Writes a result. If the store takes no bytes they stay in memory: a full disk costs the cache,
   * not the run.
   *
   * @param attempt unique beyond this process, since an engine may run a unit twice
   * @param tables writes tables of an engine's own form; null if there are none
   * @throws NoCodecException if the value, or a part of it, cannot be encoded
   * @throws WorkerException if the value does not have the shape that it should
   * @throws MemoryBudget.ExhaustedException if neither the store nor memory takes the bytes
   * @throws IOException if the value cannot be read while it is encoded
   * @throws Exception what an engine throws when it computes a table
   */
  Written write(@Nullable Object value, String attempt, TableForm.@Nullable Use tables)
      throws Exception {
    if (tables != null && tables.takes(value) && shape == Shape.ONE) {
      return new Written(tables.write(requireNonNull(value), code, attempt, false), null);
    }
    List<PartitionRef> done = new ArrayList<>(1);
    if (tables != null && shape == Shape.MANY) {
      return writeTables(Elements.of(value), attempt, tables, done);
    }
    try {
      Manifest manifest = write(value, limit -> store.write(run, attempt, limit), done);
      return new Written(manifest, null);
    } catch (NoCodecException | WorkerException | RuntimeException | Error e) {
      discard(done, store);
      throw e;
    } catch (IOException e) {
      discard(done, store);
      return writeToMemory(value, e);
    }
  }

  /** Writes a list, or the components of a record, of which some are an engine's tables. */
  private Written writeTables(
      List<? extends @Nullable Object> elements,
      String attempt,
      TableForm.Use tables,
      List<PartitionRef> done)
      throws Exception {
    try {
      for (Object element : elements) {
        done.add(
            element != null && tables.takes(element)
                ? tables.write(element, code, attempt, true).partitions().get(0)
                : partition(element, limit -> store.write(run, attempt, limit), inlineLimit));
      }
      return new Written(Manifest.many(done), null);
    } catch (Exception | Error e) {
      discard(done, store);
      throw e;
    }
  }

  private Written writeToMemory(@Nullable Object value, IOException because)
      throws IOException, WorkerException {
    try {
      Manifest manifest = write(value, limit -> new MemoryBlob(memory), new ArrayList<>(1));
      return new Written(manifest, "the store takes no bytes: " + because);
    } catch (MemoryBudget.ExhaustedException e) {
      throw new MemoryBudget.ExhaustedException(because, e);
    } catch (IOException e) {
      e.addSuppressed(because);
      throw e;
    }
  }

  private Manifest write(@Nullable Object value, Sink sink, List<PartitionRef> done)
      throws IOException, WorkerException {
    if (shape == Shape.ONE) {
      return Manifest.one(partition(value, sink, inlineLimit));
    }
    long inline = 0;
    for (Object element : Elements.of(value)) {
      int limit = inline < INLINE_BUDGET ? inlineLimit : Math.min(ALWAYS_INLINE, inlineLimit);
      PartitionRef partition = partition(element, sink, limit);
      done.add(partition);
      inline += partition.location() instanceof Location.Inline ? partition.size() : 0;
    }
    return Manifest.many(done);
  }

  private PartitionRef partition(@Nullable Object value, Sink sink, int limit) throws IOException {
    Codec codec = codecs.forValue(value);
    try (BlobWriter out = sink.open(limit)) {
      Codec.Encoded encoded = codec.encode(value, out);
      Location location = out.finish();
      return new PartitionRef(
          encoded.content(), codec.id(), out.written(), encoded.rows(), encoded.schema(), location);
    }
  }

  /** Drops what partitions of a result that nobody will publish have in the store. */
  static void discard(List<PartitionRef> partitions, ResultStore store) {
    for (PartitionRef partition : partitions) {
      if (partition.location() instanceof Location.Pending pending) {
        store.discard(pending);
      }
    }
  }
}
