package dev.reprise.cache.index;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import java.util.ArrayList;
import java.util.List;

/** Changes that the index makes all or nothing, in the order in which they were added. */
public final class IndexBatch {
  private final List<Change> changes = new ArrayList<>();

  /** One change. */
  public sealed interface Change {
    /** Puts an entry, over an earlier one of the same key. */
    record Put(CacheEntry entry) implements Change {}

    /** Removes the entry under a key, if there is one. */
    record Remove(CacheKey key) implements Change {}

    /** Puts a note, over an earlier one of the same id. */
    record PutNote(NoteKind kind, Fingerprint id, Bytes value) implements Change {}
  }

  /** Adds a change. */
  public void add(Change change) {
    changes.add(change);
  }

  /** The changes so far, in order. */
  public List<Change> changes() {
    return changes;
  }

  /** Whether there is nothing to write. */
  public boolean isEmpty() {
    return changes.isEmpty();
  }
}
