package dev.reprise.cache.index;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.cache.index.LookupBatch.Answer;
import dev.reprise.cache.store.ResultStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An index that is gone with its process: for tests and simulated runs. Holds records, not objects,
 * so that what it gives out has been through the same encoding as in any other index.
 */
public final class InMemoryCacheIndex implements CacheIndex {
  private final Rows rows;
  private final Scope scope;
  private final ResultStore store;
  private final InstantSource clock;
  private boolean closed;

  /** What all scopes share; guarded by itself. */
  private static final class Rows {
    private final Map<String, NavigableMap<CacheKey, Bytes>> entries = new HashMap<>();
    private final Map<NoteId, Bytes> notes = new HashMap<>();
    private long generation;

    NavigableMap<CacheKey, Bytes> of(String scope) {
      return entries.computeIfAbsent(scope, any -> new TreeMap<>());
    }
  }

  private record NoteId(String scope, NoteKind kind, Fingerprint id) {}

  /**
   * Returns an empty index.
   *
   * @param store asked for the blobs of entries
   * @param clock by which entries expire
   */
  public InMemoryCacheIndex(Scope scope, ResultStore store, InstantSource clock) {
    this(new Rows(), scope, store, clock);
  }

  private InMemoryCacheIndex(Rows rows, Scope scope, ResultStore store, InstantSource clock) {
    this.rows = rows;
    this.scope = scope;
    this.store = store;
    this.clock = clock;
  }

  /** The same index, open or not, as seen from another scope. */
  public InMemoryCacheIndex in(Scope other) {
    return new InMemoryCacheIndex(rows, other, store, clock);
  }

  @Override
  public void lookup(LookupBatch batch) throws CacheUnavailableException {
    synchronized (rows) {
      requireOpen();
      long now = clock.millis();
      for (int i = 0; i < batch.size(); i++) {
        lookup(batch, i, now);
      }
    }
  }

  private void lookup(LookupBatch batch, int place, long now) throws CacheUnavailableException {
    CacheKey key = new CacheKey(Fingerprint.read(batch.keys(), place * Fingerprint.BYTES));
    Answer first = Answer.NO_ENTRY;
    for (String name : scope.chain()) {
      Bytes record = rows.of(name).get(key);
      if (record != null) {
        Judge judge = new Judge(store, now, any -> decode(any, record));
        if (judge.judge(batch, place, record.array(), record.size())) {
          return;
        }
        first = first == Answer.NO_ENTRY ? batch.answer(place) : first;
      }
    }
    batch.miss(place, first);
  }

  @Override
  public Optional<CacheEntry> find(CacheKey key) throws CacheUnavailableException {
    return Optional.ofNullable(findAll(List.of(key)).get(0));
  }

  @Override
  public List<@Nullable CacheEntry> findAll(List<CacheKey> keys, long maxAgeMillis)
      throws CacheUnavailableException {
    synchronized (rows) {
      requireOpen();
      List<@Nullable CacheEntry> found = new ArrayList<>(keys.size());
      for (CacheKey key : keys) {
        found.add(findOne(key, maxAgeMillis));
      }
      return found;
    }
  }

  private @Nullable CacheEntry findOne(CacheKey key, long maxAgeMillis) {
    long now = clock.millis();
    CacheEntry nearest = null;
    for (String name : scope.chain()) {
      Bytes record = rows.of(name).get(key);
      CacheEntry found = record == null ? null : decode(key, record);
      if (Judge.isGood(found, store, now, maxAgeMillis)) {
        return found;
      }
      nearest = nearest == null ? found : nearest;
    }
    return nearest;
  }

  private static @Nullable CacheEntry decode(CacheKey key, Bytes record) {
    try {
      return EntryFormat.decode(key, record);
    } catch (BadRecordException e) {
      return null; // as good as not there; forEach() names it
    }
  }

  @Override
  public void write(IndexBatch batch) throws CacheUnavailableException {
    synchronized (rows) {
      requireOpen();
      NavigableMap<CacheKey, Bytes> entries = rows.of(scope.name());
      rows.generation += batch.movesOn() ? 1 : 0;
      for (Change change : batch.changes()) {
        if (change instanceof Change.Put put) {
          entries.put(put.entry().key(), EntryFormat.encode(put.entry()));
        } else if (change instanceof Change.Remove remove) {
          entries.remove(remove.key());
        } else if (change instanceof Change.PutNote note) {
          rows.notes.put(new NoteId(scope.name(), note.kind(), note.id()), note.value());
        } else if (change instanceof Change.RemoveNote note) {
          rows.notes.remove(new NoteId(scope.name(), note.kind(), note.id()));
        }
      }
    }
  }

  @Override
  public void sync() throws CacheUnavailableException {
    synchronized (rows) {
      requireOpen();
    }
  }

  @Override
  public List<@Nullable Bytes> notes(NoteKind kind, List<Fingerprint> ids)
      throws CacheUnavailableException {
    synchronized (rows) {
      requireOpen();
      List<@Nullable Bytes> found = new ArrayList<>(ids.size());
      for (Fingerprint id : ids) {
        found.add(rows.notes.get(new NoteId(scope.name(), kind, id)));
      }
      return found;
    }
  }

  @Override
  public void forEachNote(NoteKind kind, NoteVisitor each) throws CacheUnavailableException {
    NavigableMap<Fingerprint, Bytes> found = new TreeMap<>();
    synchronized (rows) {
      requireOpen();
      rows.notes.forEach(
          (note, value) -> {
            if (note.scope().equals(scope.name()) && note.kind() == kind) {
              found.put(note.id(), value);
            }
          });
    }
    found.forEach(each::note);
  }

  @Override
  public long nowMillis() {
    return clock.millis();
  }

  @Override
  public long generation() throws CacheUnavailableException {
    synchronized (rows) {
      requireOpen();
      return rows.generation + scope.ancestry();
    }
  }

  @Override
  public void forEach(EntryVisitor each) throws CacheUnavailableException {
    NavigableMap<CacheKey, Bytes> entries;
    synchronized (rows) {
      requireOpen();
      entries = new TreeMap<>(rows.of(scope.name()));
    }
    for (Map.Entry<CacheKey, Bytes> row : entries.entrySet()) {
      CacheEntry entry;
      try {
        entry = EntryFormat.decode(row.getKey(), row.getValue());
      } catch (BadRecordException e) {
        each.damaged(row.getKey(), String.valueOf(e.getMessage()));
        continue;
      }
      each.entry(entry);
    }
  }

  @Override
  public IndexStats stats() throws CacheUnavailableException {
    synchronized (rows) {
      requireOpen();
      long bytes = 0;
      long entries = 0;
      for (NavigableMap<CacheKey, Bytes> ofScope : rows.entries.values()) {
        entries += ofScope.size();
        for (Bytes record : ofScope.values()) {
          bytes += Scope.ID_BYTES + Fingerprint.BYTES + record.size();
        }
      }
      return new IndexStats(entries, bytes, Opening.FORMAT);
    }
  }

  /** Puts other bytes in the place of a record: for tests of what becomes of damage. */
  public void damage(CacheKey key, Bytes record) {
    synchronized (rows) {
      rows.of(scope.name()).put(key, record);
    }
  }

  /** Closes this view; other scopes of the index stay open. */
  @Override
  public void close() {
    synchronized (rows) {
      closed = true;
    }
  }

  private void requireOpen() throws CacheUnavailableException {
    if (closed) {
      throw new CacheUnavailableException("the index is closed");
    }
  }
}
