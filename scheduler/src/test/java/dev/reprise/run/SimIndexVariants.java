package dev.reprise.run;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.IndexBatch;
import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.cache.index.LookupBatch;
import dev.reprise.cache.index.LookupBatch.Answer;
import dev.reprise.cache.index.NoteKind;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Indexes that break a promise of {@link CacheIndex}. */
final class SimIndexVariants {
  private SimIndexVariants() {}

  /** Gives the partitions of a result in another order. */
  static final class PartitionsShifted extends ForwardingIndex {
    PartitionsShifted(CacheIndex index) {
      super(index);
    }

    @Override
    public List<@Nullable CacheEntry> findAll(List<CacheKey> keys, long maxAgeMillis)
        throws CacheUnavailableException {
      List<@Nullable CacheEntry> shifted = new ArrayList<>();
      for (CacheEntry entry : super.findAll(keys, maxAgeMillis)) {
        shifted.add(entry == null ? null : shifted(entry));
      }
      return shifted;
    }

    private static CacheEntry shifted(CacheEntry entry) {
      List<PartitionRef> partitions = new ArrayList<>(entry.manifest().partitions());
      Collections.rotate(partitions, 1);
      Manifest manifest = entry.manifest().at(partitions);
      return new CacheEntry(
          entry.key(), manifest, entry.origin(), entry.createdMillis(), entry.expiresMillis());
    }
  }

  /** Gives the answers of a wave one place further on. */
  static final class AnswersOutOfPlace extends ForwardingIndex {
    AnswersOutOfPlace(CacheIndex index) {
      super(index);
    }

    @Override
    public void lookup(LookupBatch batch) throws CacheUnavailableException {
      super.lookup(batch);
      int last = -1;
      byte[] contents = batch.contents().clone();
      for (int i = 0; i < batch.size(); i++) {
        if (batch.answer(i) == Answer.HIT) {
          if (last >= 0) {
            batch.hit(i, contents, last * Fingerprint.BYTES, batch.durationNanos(last), false);
          }
          last = i;
        }
      }
    }
  }

  /** Goes on with what it found first under a key. */
  static final class FoundOnce extends ForwardingIndex {
    private final Map<CacheKey, CacheEntry> found = new HashMap<>();

    FoundOnce(CacheIndex index) {
      super(index);
    }

    @Override
    public void lookup(LookupBatch batch) throws CacheUnavailableException {
      super.lookup(batch);
      for (int i = 0; i < batch.size(); i++) {
        CacheKey key = new CacheKey(Fingerprint.read(batch.keys(), i * Fingerprint.BYTES));
        super.find(key).ifPresent(entry -> found.put(key, entry));
        CacheEntry before = found.get(key);
        if (before != null && batch.answer(i) != Answer.HIT) {
          batch.hit(
              i, before.manifest().content().bytes(), 0, before.origin().durationNanos(), false);
        }
      }
    }
  }

  /** Never says that entries were removed or replaced. */
  static final class GenerationStays extends ForwardingIndex {
    GenerationStays(CacheIndex index) {
      super(index);
    }

    @Override
    public long generation() {
      return 0;
    }
  }

  /** Says that it has written what it has not, now and then. */
  static final class WritesDropped extends ForwardingIndex {
    private int writes;

    WritesDropped(CacheIndex index) {
      super(index);
    }

    @Override
    public void write(IndexBatch batch) throws CacheUnavailableException {
      if (++writes % 7 > 0) {
        super.write(batch);
      }
    }
  }

  /** Keeps the first entry of a batch alone. */
  static final class BatchCutShort extends ForwardingIndex {
    BatchCutShort(CacheIndex index) {
      super(index);
    }

    @Override
    public void write(IndexBatch batch) throws CacheUnavailableException {
      IndexBatch first = new IndexBatch();
      boolean put = false;
      for (Change change : batch.changes()) {
        if (!(change instanceof Change.Put) || !put) {
          first.add(change);
        }
        put |= change instanceof Change.Put;
      }
      super.write(first);
    }
  }

  /** Does not find a failure while somebody has the claim of its key. */
  static final class FailureUnseenUnderClaim extends ForwardingIndex {
    private final SimWorld world;

    FailureUnseenUnderClaim(CacheIndex index, SimWorld world) {
      super(index);
      this.world = world;
    }

    @Override
    public List<@Nullable Bytes> notes(NoteKind kind, List<Fingerprint> ids)
        throws CacheUnavailableException {
      List<@Nullable Bytes> found = new ArrayList<>(super.notes(kind, ids));
      for (int i = 0; kind == NoteKind.FAILURE && i < ids.size(); i++) {
        if (world.soundClaims().holder(ids.get(i)).isPresent()) {
          found.set(i, null);
        }
      }
      return found;
    }
  }
}
