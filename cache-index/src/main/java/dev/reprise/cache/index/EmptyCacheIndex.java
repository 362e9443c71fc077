package dev.reprise.cache.index;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.LookupBatch.Answer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A view of an index that is not there: it has nothing and takes nothing. */
final class EmptyCacheIndex implements CacheIndex {
  @Override
  public void lookup(LookupBatch batch) {
    for (int i = 0; i < batch.size(); i++) {
      batch.miss(i, Answer.NO_ENTRY);
    }
  }

  @Override
  public Optional<CacheEntry> find(CacheKey key) {
    return Optional.empty();
  }

  @Override
  public List<@Nullable CacheEntry> findAll(List<CacheKey> keys, long maxAgeMillis) {
    return new ArrayList<>(Collections.<@Nullable CacheEntry>nCopies(keys.size(), null));
  }

  @Override
  public void write(IndexBatch batch) throws CacheUnavailableException {
    throw new CacheUnavailableException("there is no index; a view of it cannot be written");
  }

  @Override
  public void sync() {}

  @Override
  public List<@Nullable Bytes> notes(NoteKind kind, List<Fingerprint> ids) {
    return new ArrayList<>(Collections.<@Nullable Bytes>nCopies(ids.size(), null));
  }

  @Override
  public void forEachNote(NoteKind kind, NoteVisitor each) {}

  @Override
  public long nowMillis() {
    return 0; // of nothing there is an age
  }

  @Override
  public long generation() {
    return 0;
  }

  @Override
  public void forEach(EntryVisitor each) {}

  @Override
  public IndexStats stats() {
    return new IndexStats(0, 0, Opening.FORMAT);
  }

  @Override
  public void close() {}
}
