package dev.reprise.run;

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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An index in a map that a test may break. */
final class LabIndex implements CacheIndex {
  final TreeMap<CacheKey, CacheEntry> entries = new TreeMap<>();
  final Map<CacheKey, Answer> answers = new HashMap<>();
  private final Map<String, Bytes> notes = new HashMap<>();
  boolean broken;

  /** What happens while keys are looked up. */
  Runnable lookingUp = () -> {};

  /** How often entries can be read before it breaks. */
  int goodReads = Integer.MAX_VALUE;

  /** How often each key was looked up. */
  final Map<CacheKey, Integer> asked = new HashMap<>();

  /** How often entries were read, several together being once. */
  int reads;

  /** Moves on as the real one's does. */
  long generation;

  /** Entries that are found by a look-up, and damaged where it does not look. */
  final Set<CacheKey> unreadable = new HashSet<>();

  /** Nothing can be written; what is there can be read. */
  boolean full;

  @Override
  public void lookup(LookupBatch batch) throws CacheUnavailableException {
    lookingUp.run();
    check();
    for (int i = 0; i < batch.size(); i++) {
      CacheKey key = new CacheKey(Fingerprint.read(batch.keys(), i * Fingerprint.BYTES));
      asked.merge(key, 1, Integer::sum);
      CacheEntry entry = entries.get(key);
      Answer answer = answers.getOrDefault(key, entry == null ? Answer.NO_ENTRY : Answer.HIT);
      if (answer == Answer.HIT && entry != null) {
        boolean lasts = entry.manifest().blobs().isEmpty() && entry.expiresMillis() == 0;
        batch.hit(i, entry.manifest().content().bytes(), 0, entry.origin().durationNanos(), lasts);
      } else {
        batch.miss(i, answer);
      }
    }
  }

  @Override
  public Optional<CacheEntry> find(CacheKey key) throws CacheUnavailableException {
    check();
    return Optional.ofNullable(read(key));
  }

  @Override
  public List<@Nullable CacheEntry> findAll(List<CacheKey> keys, long maxAgeMillis)
      throws CacheUnavailableException {
    broken |= reads >= goodReads;
    check();
    reads++;
    List<@Nullable CacheEntry> found = new ArrayList<>();
    keys.forEach(key -> found.add(read(key)));
    return found;
  }

  private @Nullable CacheEntry read(CacheKey key) {
    return unreadable.contains(key) ? null : entries.get(key);
  }

  @Override
  public void write(IndexBatch batch) throws CacheUnavailableException {
    check();
    if (full) {
      throw new CacheUnavailableException("the lab's disk is full");
    }
    for (IndexBatch.Change change : batch.changes()) {
      if (change instanceof IndexBatch.Change.Put put) {
        generation += put.replaces() ? 1 : 0;
        entries.put(put.entry().key(), put.entry());
        answers.remove(put.entry().key());
        unreadable.remove(put.entry().key());
      } else if (change instanceof IndexBatch.Change.Remove remove) {
        generation++;
        entries.remove(remove.key());
      } else if (change instanceof IndexBatch.Change.PutNote note) {
        notes.put(note.kind() + " " + note.id(), note.value());
      } else if (change instanceof IndexBatch.Change.RemoveNote note) {
        notes.remove(note.kind() + " " + note.id());
      }
    }
  }

  /** The memos of steps, by what they are kept under. */
  Map<String, Bytes> memos() {
    Map<String, Bytes> memos = new HashMap<>(notes);
    memos.keySet().removeIf(id -> !id.startsWith(NoteKind.STEP_MEMO.name()));
    return memos;
  }

  void putMemo(String id, Bytes memo) {
    notes.put(id, memo);
  }

  void forgetMemos() {
    notes.keySet().removeIf(id -> id.startsWith(NoteKind.STEP_MEMO.name()));
  }

  @Override
  public void sync() {}

  @Override
  public List<@Nullable Bytes> notes(NoteKind kind, List<Fingerprint> ids)
      throws CacheUnavailableException {
    check();
    List<@Nullable Bytes> found = new ArrayList<>();
    ids.forEach(id -> found.add(notes.get(kind + " " + id)));
    return found;
  }

  @Override
  public void forEachNote(NoteKind kind, NoteVisitor each) {
    throw new AssertionError("runs walk over no notes");
  }

  @Override
  public long nowMillis() {
    return 1;
  }

  @Override
  public long generation() throws CacheUnavailableException {
    check();
    return generation;
  }

  @Override
  public void forEach(EntryVisitor each) {
    entries.values().forEach(each::entry);
  }

  @Override
  public IndexStats stats() {
    return new IndexStats(entries.size(), 0, 1);
  }

  @Override
  public void close() {}

  private void check() throws CacheUnavailableException {
    if (broken) {
      throw new CacheUnavailableException("the lab's index is broken");
    }
  }
}
