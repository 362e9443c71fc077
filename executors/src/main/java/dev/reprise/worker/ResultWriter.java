package dev.reprise.worker;

import dev.reprise.cache.codec.Codec;
import dev.reprise.cache.codec.Codecs;
import dev.reprise.cache.codec.NoCodecException;
import dev.reprise.cache.store.BlobWriter;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ReadOnlyStoreException;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.store.StoreFullException;
import dev.reprise.executor.TaskCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
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
    BlobWriter open() throws IOException;
  }

  /**
   * A written result.
   *
   * @param notKept why it is good for this run alone; null if it may be kept
   */
  record Written(Manifest manifest, @Nullable String notKept) {}

  /**
   * Computes and writes those tables of a result that an engine computes only now.
   *
   * @param attempt unique beyond this process, since an engine may run a unit twice
   * @return each at the place of its element, null at those of others; one table that is the whole
   *     result at the first
   * @throws WorkerException if the value does not have the shape that it should
   * @throws Exception what user code throws when a table is computed, among others
   */
  List<@Nullable Manifest> compute(@Nullable Object value, String attempt, TableForm.Use tables)
      throws Exception {
    boolean whole = shape == Shape.ONE;
    List<@Nullable Manifest> computed = new ArrayList<>(1);
    try {
      for (Object element : whole ? Collections.singletonList(value) : Elements.of(value)) {
        boolean table = element != null && tables.takes(element);
        computed.add(table ? tables.write(element, code, attempt, !whole) : null);
      }
      return computed;
    } catch (Exception | Error e) {
      discard(computed);
      throw e;
    }
  }

  /** Drops tables that are no part of a result. */
  void discard(List<@Nullable Manifest> computed) {
    for (Manifest table : computed) {
      if (table != null) {
        discard(table.partitions(), store);
      }
    }
  }

  /**
   * Writes a result. What the store does not take stays in memory, partition by partition: a full
   * disk costs the cache, not the run.
   *
   * @param computed from {@link #compute}, which become part of the result or are dropped; empty if
   *     there are none
   * @param attempt as for {@link #compute}
   * @throws NoCodecException if the value, or a part of it, cannot be encoded
   * @throws WorkerException if the value does not have the shape that it should
   * @throws MemoryBudget.ExhaustedException if neither the store nor memory takes the bytes
   * @throws IOException if the value cannot be read while it is encoded
   */
  Written write(@Nullable Object value, List<@Nullable Manifest> computed, String attempt)
      throws IOException, WorkerException {
    Manifest first = computed.isEmpty() ? null : computed.get(0);
    if (shape == Shape.ONE && first != null) {
      return new Written(first, null);
    }
    OneResult result = new OneResult(attempt);
    try {
      if (shape == Shape.ONE) {
        result.add(value);
        return new Written(Manifest.one(result.done.get(0)), result.notKept());
      }
      for (Object element : Elements.of(value)) {
        int at = result.done.size();
        Manifest table = at < computed.size() ? computed.get(at) : null;
        if (table != null) {
          result.add(table.partitions().get(0));
        } else {
          result.add(element);
        }
      }
      return new Written(Manifest.many(result.done), result.notKept());
    } catch (IOException | WorkerException | RuntimeException | Error e) {
      discard(result.done, store);
      discard(computed);
      throw e;
    }
  }

  /** The partitions of a result that is being written. */
  private final class OneResult {
    final List<PartitionRef> done = new ArrayList<>(1);
    private final String attempt;
    private long inline;
    private @Nullable IOException storeFull;

    OneResult(String attempt) {
      this.attempt = attempt;
    }

    void add(PartitionRef partition) {
      done.add(partition);
      inline += partition.location() instanceof Location.Inline ? partition.size() : 0;
    }

    void add(@Nullable Object value) throws IOException {
      int limit = inline < INLINE_BUDGET ? inlineLimit : Math.min(ALWAYS_INLINE, inlineLimit);
      try {
        add(encode(value, () -> store.write(run, attempt, limit)));
      } catch (NoCodecException e) {
        throw e;
      } catch (IOException e) {
        done.add(inMemory(value, e));
        storeFull = e;
      }
    }

    private PartitionRef inMemory(@Nullable Object value, IOException because) throws IOException {
      try {
        return encode(value, () -> new MemoryBlob(memory));
      } catch (MemoryBudget.ExhaustedException e) {
        throw e.because(because);
      } catch (IOException e) { // so it was not the store
        e.addSuppressed(because);
        throw e;
      }
    }

    @Nullable String notKept() {
      if (storeFull == null) {
        return null;
      }
      boolean saysAll =
          storeFull instanceof StoreFullException || storeFull instanceof ReadOnlyStoreException;
      return "the store takes no bytes: " + (saysAll ? storeFull.getMessage() : storeFull);
    }
  }

  private PartitionRef encode(@Nullable Object value, Sink sink) throws IOException {
    Codec codec = codecs.forValue(value);
    try (BlobWriter out = sink.open()) {
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
