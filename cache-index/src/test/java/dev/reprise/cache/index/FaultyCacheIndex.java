package dev.reprise.cache.index;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An index whose reads and writes fail when it is told to, and that loses at a power cut the last
 * of what was not synced. Left alone it is as good as any.
 *
 * <p>Belongs to one thread.
 */
public final class FaultyCacheIndex implements CacheIndex {
  /** What may go wrong. */
  public enum Fault {
    /** Nothing can be read. */
    READ_FAILS,
    /** Nothing can be written. */
    WRITE_FAILS,
    /** What was written is there, but the writer is told that it is not. */
    WRITE_DOUBTFUL
  }

  private final Supplier<InMemoryCacheIndex> empty;
  private final List<IndexBatch> written = new ArrayList<>();
  private InMemoryCacheIndex sound;
  private int synced;
  private Predicate<Fault> strikes = fault -> false;
  private Consumer<IndexBatch> watcher = batch -> {};

  /**
   * @param empty makes an index that has nothing
   */
  public FaultyCacheIndex(Supplier<InMemoryCacheIndex> empty) {
    this.empty = empty;
    this.sound = empty.get();
  }

  /** From now on a fault happens when {@code strikes} says so; it is asked each time one could. */
  public void strikes(Predicate<Fault> to) {
    strikes = to;
  }

  /** From now on {@code watcher} sees what is written. */
  public void watch(Consumer<IndexBatch> to) {
    watcher = to;
  }

  private void failIf(Fault fault, String what) throws CacheUnavailableException {
    if (strikes.test(fault)) {
      throw new CacheUnavailableException("the index cannot be " + what);
    }
  }

  @Override
  public void lookup(LookupBatch batch) throws CacheUnavailableException {
    failIf(Fault.READ_FAILS, "read");
    sound.lookup(batch);
  }

  @Override
  public Optional<CacheEntry> find(CacheKey key) throws CacheUnavailableException {
    failIf(Fault.READ_FAILS, "read");
    return sound.find(key);
  }

  @Override
  public List<@Nullable CacheEntry> findAll(List<CacheKey> keys, long maxAgeMillis)
      throws CacheUnavailableException {
    failIf(Fault.READ_FAILS, "read");
    return sound.findAll(keys, maxAgeMillis);
  }

  @Override
  public List<@Nullable Bytes> notes(NoteKind kind, List<Fingerprint> ids)
      throws CacheUnavailableException {
    failIf(Fault.READ_FAILS, "read");
    return sound.notes(kind, ids);
  }

  @Override
  public void write(IndexBatch batch) throws CacheUnavailableException {
    failIf(Fault.WRITE_FAILS, "written");
    watcher.accept(batch);
    writeSoundly(batch);
    failIf(Fault.WRITE_DOUBTFUL, "heard of, whatever it wrote");
  }

  /** Writes without a fault, as another process does; a power cut may take it all the same. */
  public void writeSoundly(IndexBatch batch) throws CacheUnavailableException {
    sound.write(batch);
    IndexBatch copy = new IndexBatch();
    batch.changes().forEach(copy::add);
    written.add(copy);
  }

  @Override
  public void sync() throws CacheUnavailableException {
    sound.sync();
    synced = written.size();
  }

  @Override
  public void forEachNote(NoteKind kind, NoteVisitor each) throws CacheUnavailableException {
    failIf(Fault.READ_FAILS, "read");
    sound.forEachNote(kind, each);
  }

  @Override
  public long nowMillis() {
    return sound.nowMillis();
  }

  @Override
  public long generation() throws CacheUnavailableException {
    failIf(Fault.READ_FAILS, "read");
    return sound.generation();
  }

  @Override
  public void forEach(EntryVisitor each) throws CacheUnavailableException {
    failIf(Fault.READ_FAILS, "read");
    sound.forEach(each);
  }

  @Override
  public IndexStats stats() throws CacheUnavailableException {
    return sound.stats();
  }

  /** The same index without its faults, for those who look at it from outside. */
  public CacheIndex sound() {
    return sound;
  }

  /** Flips one bit of an entry's record. */
  public void flip(CacheEntry entry) {
    byte[] record = EntryFormat.encode(entry).array().clone();
    record[record.length / 2] ^= 1;
    damage(entry.key(), record);
  }

  /** Puts other bytes in the place of a record. */
  void damage(CacheKey key, byte[] record) {
    sound.damage(key, Bytes.wrap(record));
  }

  /** Of what was written since the last sync, the last is gone: how much, is chance. */
  public void cutPower(Random random) {
    int kept = synced + random.nextInt(written.size() - synced + 1);
    written.subList(kept, written.size()).clear();
    sound = empty.get();
    try {
      for (IndexBatch batch : written) {
        sound.write(batch);
      }
    } catch (CacheUnavailableException e) {
      throw new AssertionError("a new index takes what it is given", e);
    }
    synced = written.size();
  }

  @Override
  public void close() {
    sound.close();
  }
}
