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
    /**
     * Puts an entry, over an earlier one of the same key.
     *
     * @param replaces whether there may be an earlier one
     */
    record Put(CacheEntry entry, boolean replaces) implements Change {
      /** Puts an entry where there may be another. */
      public Put(CacheEntry entry) {
        this(entry, true);
      }
    }

    /** Removes the entry under a key, if there is one. */
    record Remove(CacheKey key) implements Change {}

    /** Puts a note, over an earlier one of the same id. */
    record PutNote(NoteKind kind, Fingerprint id, Bytes value) implements Change {}

    /** Removes the note of an id, if there is one. */
    record RemoveNote(NoteKind kind, Fingerprint id) implements Change {}
  }

  /** Adds a change. */
  public void add(Change change) {
    changes.add(change);
  }

  /** The changes so far, in order. */
  public List<Change> changes() {
    return changes;
  }

  /** Whether what a look-up found before may be found no more, or not so. */
  boolean movesOn() {
    return changes.stream()
        .anyMatch(
            change ->
                change instanceof Change.Remove
                    || (change instanceof Change.Put put && put.replaces()));
  }

  /** Whether there is nothing to write. */
  public boolean isEmpty() {
    return changes.isEmpty();
  }
}
