package dev.reprise.home;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.code.CodeMemo;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.IndexBatch;
import dev.reprise.cache.index.NoteKind;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what was found out about code in the index. An index that fails costs the work again. */
final class IndexCodeMemo implements CodeMemo {
  private static final Logger log = LoggerFactory.getLogger(IndexCodeMemo.class);

  private final CacheIndex index;
  private final boolean writes;

  /**
   * Takes an index.
   *
   * @param writes whether it may be written
   */
  IndexCodeMemo(CacheIndex index, boolean writes) {
    this.index = index;
    this.writes = writes;
  }

  @Override
  public @Nullable Bytes find(Fingerprint id) {
    try {
      return index.notes(NoteKind.CODE_MEMO, List.of(id)).get(0);
    } catch (CacheUnavailableException e) {
      log.debug("the code is read again, since its memo cannot be: {}", e.getMessage());
      return null;
    }
  }

  @Override
  public void keep(Fingerprint id, Bytes record) {
    if (!writes) {
      return;
    }
    IndexBatch batch = new IndexBatch();
    batch.add(new IndexBatch.Change.PutNote(NoteKind.CODE_MEMO, id, record));
    try {
      index.write(batch);
    } catch (CacheUnavailableException e) {
      log.debug("what was found out about code is not kept: {}", e.getMessage());
    }
  }
}
