package dev.reprise.cache.index;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Cache key to entry. Losing any part of it may only cost recomputation, never a wrong result; an
 * entry that cannot be trusted is a miss with its reason, never an exception.
 *
 * <p>One owner closes it; calls that overlap with {@link #close} are finished first, later ones
 * throw {@link CacheUnavailableException}. All methods may be called from several threads.
 */
public interface CacheIndex extends AutoCloseable {
  /**
   * Answers every key of {@code batch}, in one sorted pass. Reads the index and, for entries with
   * blobs, asks the store whether they are there.
   *
   * @throws CacheUnavailableException if the index cannot be read; what was asked may run uncached
   */
  void lookup(LookupBatch batch) throws CacheUnavailableException;

  /** The entry under {@code key}, as {@link #findAll} finds it; empty if there is none. */
  Optional<CacheEntry> find(CacheKey key) throws CacheUnavailableException;

  /**
   * The entries under {@code keys}, expired or not, in one sorted pass. Of several scopes that have
   * one it is that of the nearest whose entry a look-up would take, neither expired nor without a
   * blob; if there is none such, that of the nearest.
   *
   * @return place {@code i} for {@code keys.get(i)}, null where there is none or it is damaged
   */
  default List<@Nullable CacheEntry> findAll(List<CacheKey> keys) throws CacheUnavailableException {
    return findAll(keys, Long.MAX_VALUE);
  }

  /**
   * The same for a consumer that does not accept every age: an entry that is too old for it does
   * not hide one of an ancestor that is not.
   *
   * @param maxAgeMillis as {@link LookupBatch#add} takes it
   */
  List<@Nullable CacheEntry> findAll(List<CacheKey> keys, long maxAgeMillis)
      throws CacheUnavailableException;

  /**
   * Writes entries, removals and notes, all or nothing; visible when this returns. Never waits for
   * a full disk.
   *
   * @throws CacheUnavailableException if it did not work, or not in time: then it may become
   *     visible later, which does no harm
   */
  void write(IndexBatch batch) throws CacheUnavailableException;

  /** Makes all that was written durable. */
  void sync() throws CacheUnavailableException;

  /**
   * The notes under {@code ids}.
   *
   * @return place {@code i} for {@code ids.get(i)}, null where there is none
   */
  List<@Nullable Bytes> notes(NoteKind kind, List<Fingerprint> ids)
      throws CacheUnavailableException;

  /** Shows every note of a kind in the scope, ascending by id; what cannot be read is left out. */
  void forEachNote(NoteKind kind, NoteVisitor each) throws CacheUnavailableException;

  /** What time it is by the index's clock, in milliseconds since 1970. */
  long nowMillis();

  /**
   * A number that grows whenever entries are removed or replaced, also in a scope that this one
   * reads, and is another for each list of ancestors. While it stays, an entry that was found is
   * there, unless it expires or its blobs go.
   */
  long generation() throws CacheUnavailableException;

  /** Shows every entry of the scope, not of its ancestors, ascending by key. */
  void forEach(EntryVisitor each) throws CacheUnavailableException;

  /** Figures for people: number of entries (an estimate), bytes on disk, format and such. */
  IndexStats stats() throws CacheUnavailableException;

  /** Closes the index; does nothing the second time. */
  @Override
  void close();

  /** Takes entries one by one. May call the index. */
  interface EntryVisitor {
    /** There is an entry. */
    void entry(CacheEntry entry);

    /**
     * There is something that cannot be read.
     *
     * @param key of the damaged entry; null if not even that can be read, nor how many there are
     * @param why for people
     */
    void damaged(@Nullable CacheKey key, String why);
  }

  /** Takes notes one by one. May call the index. */
  interface NoteVisitor {
    /** There is a note. */
    void note(Fingerprint id, Bytes value);

    /**
     * Part of a file cannot be read, with nobody knows how many notes.
     *
     * @param why for people
     */
    default void damaged(String why) {}
  }

  /**
   * Figures of an index.
   *
   * @param entries number of entries, an estimate
   * @param bytes on disk
   * @param format version of the records
   */
  record IndexStats(long entries, long bytes, int format) {}
}
