package dev.reprise.run;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.IndexBatch;
import dev.reprise.cache.index.LookupBatch;
import dev.reprise.cache.index.NoteKind;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An index that leaves all to another one, for those that do some of it themselves. */
abstract class ForwardingIndex implements CacheIndex {
  private final CacheIndex index;

  ForwardingIndex(CacheIndex index) {
    this.index = index;
  }

  @Override
  public void lookup(LookupBatch batch) throws CacheUnavailableException {
    index.lookup(batch);
  }

  @Override
  public Optional<CacheEntry> find(CacheKey key) throws CacheUnavailableException {
    return Optional.ofNullable(findAll(List.of(key)).get(0));
  }

  @Override
  public List<@Nullable CacheEntry> findAll(List<CacheKey> keys, long maxAgeMillis)
      throws CacheUnavailableException {
    return index.findAll(keys, maxAgeMillis);
  }

  @Override
  public void write(IndexBatch batch) throws CacheUnavailableException {
    index.write(batch);
  }

  @Override
  public void sync() throws CacheUnavailableException {
    index.sync();
  }

  @Override
  public List<@Nullable Bytes> notes(NoteKind kind, List<Fingerprint> ids)
      throws CacheUnavailableException {
    return index.notes(kind, ids);
  }

  @Override
  public void forEachNote(NoteKind kind, NoteVisitor each) throws CacheUnavailableException {
    index.forEachNote(kind, each);
  }

  @Override
  public long nowMillis() {
    return index.nowMillis();
  }

  @Override
  public long generation() throws CacheUnavailableException {
    return index.generation();
  }

  @Override
  public void forEach(EntryVisitor each) throws CacheUnavailableException {
    index.forEach(each);
  }

  @Override
  public IndexStats stats() throws CacheUnavailableException {
    return index.stats();
  }

  @Override
  public void close() {
    index.close();
  }
}
