package dev.reprise.testing;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.IndexBatch;
import dev.reprise.cache.index.LookupBatch;
import dev.reprise.cache.index.LookupBatch.Answer;
import dev.reprise.cache.index.NoteKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An index that answers what the test wrote down, and notes what it was asked. */
public final class FakeIndex implements CacheIndex {
  /** The content that is found under a key, unless {@link #misses} says otherwise. */
  public final Map<Fingerprint, Fingerprint> hits = new HashMap<>();

  public final Map<Fingerprint, Answer> misses = new HashMap<>();

  /** The keys of each look-up, in order. */
  public final List<List<Fingerprint>> lookups = new ArrayList<>();

  /** The oldest age accepted, of each key looked up. */
  public final List<Long> maxAges = new ArrayList<>();

  /** Each read of notes: its kind and how many. */
  public final List<String> noteReads = new ArrayList<>();

  /** What a hit is, unless a test says otherwise: one that may expire. */
  public boolean lasting;

  public long generation;

  /** Whether every call fails. */
  public boolean broken;

  private final Map<String, Bytes> notes = new HashMap<>();

  public void note(NoteKind kind, Fingerprint id, Bytes value) {
    notes.put(kind + " " + id, value);
  }

  public @Nullable Bytes row(NoteKind kind, Fingerprint id) {
    return notes.get(kind + " " + id);
  }

  @Override
  public void lookup(LookupBatch batch) throws CacheUnavailableException {
    check();
    List<Fingerprint> keys = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      Fingerprint key = Fingerprint.read(batch.keys(), i * Fingerprint.BYTES);
      keys.add(key);
      maxAges.add(batch.maxAgeMillis(i));
      Fingerprint content = hits.get(key);
      Answer miss = misses.get(key);
      if (content != null && miss == null) {
        batch.hit(i, content.bytes(), 0, 1_000_000, lasting);
      } else {
        batch.miss(i, miss == null ? Answer.NO_ENTRY : miss);
      }
    }
    lookups.add(keys);
  }

  @Override
  public List<@Nullable Bytes> notes(NoteKind kind, List<Fingerprint> ids)
      throws CacheUnavailableException {
    check();
    noteReads.add(kind + " x" + ids.size());
    List<@Nullable Bytes> found = new ArrayList<>();
    ids.forEach(id -> found.add(notes.get(kind + " " + id)));
    return found;
  }

  @Override
  public void forEachNote(NoteKind kind, NoteVisitor each) {
    throw new AssertionError("planning walks over no notes");
  }

  @Override
  public long nowMillis() {
    return 1_000;
  }

  @Override
  public long generation() throws CacheUnavailableException {
    check();
    return generation;
  }

  private void check() throws CacheUnavailableException {
    if (broken) {
      throw new CacheUnavailableException("broken by the test");
    }
  }

  @Override
  public Optional<CacheEntry> find(CacheKey key) {
    throw new AssertionError("planning needs no whole entries");
  }

  @Override
  public List<@Nullable CacheEntry> findAll(List<CacheKey> keys, long maxAgeMillis) {
    throw new AssertionError("planning needs no whole entries");
  }

  @Override
  public void write(IndexBatch batch) {
    throw new AssertionError("planning writes nothing");
  }

  @Override
  public void sync() {}

  @Override
  public void forEach(EntryVisitor each) {
    throw new AssertionError("planning walks over no entries");
  }

  @Override
  public IndexStats stats() {
    return new IndexStats(hits.size(), 0, 1);
  }

  @Override
  public void close() {}
}
