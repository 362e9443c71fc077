package dev.reprise.cache.upkeep;

import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.IndexBatch;
import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.cache.index.KeptFailure;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.upkeep.BlobCheck.Fault;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks that every entry can be read and that every blob it names is what was written. Can take
 * what is not out of the way, so that it is not found again and again; nothing needs that to run.
 */
public final class Verifier {
  private static final int BETWEEN_PROGRESS = 256;

  private final Scopes scopes;
  private final ResultStore store;

  /** Checks all scopes of an index, since they share the store. */
  public Verifier(Scopes scopes, ResultStore store) {
    this.scopes = scopes;
    this.store = store;
  }

  /** How thoroughly to look. */
  public enum Depth {
    /** Ask whether blobs are there with their size. */
    SIZES,
    /** Read and digest every blob. */
    DIGESTS
  }

  /**
   * What was found.
   *
   * @param entries that are as they were written
   * @param blobs that are, as far as was looked, each counted once
   * @param bytes read
   * @param findings one for each entry and fault, in no order; empty if all is well
   */
  public record Report(long entries, long blobs, long bytes, List<Finding> findings) {
    public Report {
      findings = List.copyOf(findings);
    }
  }

  /**
   * Looks at everything.
   *
   * @param repair whether to remove entries with faults and move damaged blobs aside; what could
   *     not be checked stays as it is
   * @throws CacheUnavailableException if the index cannot be read at all, or cannot be repaired
   * @throws IOException if the store cannot be listed
   */
  public Report verify(Depth depth, boolean repair, Progress progress)
      throws CacheUnavailableException, IOException {
    BlobCheck blobs = new BlobCheck(store, depth == Depth.DIGESTS);
    Pass pass = new Pass(blobs, progress);
    for (String name : scopes.names()) {
      pass.scope = name;
      scopes.in(name).forEach(pass);
      KeptFailures.forEach(scopes.in(name), pass.failures());
    }
    return new Report(
        pass.entries, blobs.count(), blobs.bytes(), repair ? repair(pass) : pass.findings);
  }

  /** One walk over all entries. */
  private static final class Pass implements CacheIndex.EntryVisitor {
    private final BlobCheck blobs;
    private final Progress progress;
    private final List<Finding> findings = new ArrayList<>();
    private final List<BlobRef> damaged = new ArrayList<>();
    private String scope = "";
    private long entries;
    private long seen;

    Pass(BlobCheck blobs, Progress progress) {
      this.blobs = blobs;
      this.progress = progress;
    }

    @Override
    public void entry(CacheEntry entry) {
      int before = findings.size();
      entry.manifest().blobs().forEach(blob -> check(entry, blob));
      entries += findings.size() == before ? 1 : 0;
      if (++seen % BETWEEN_PROGRESS == 0) {
        progress.at(seen, blobs.bytes());
      }
    }

    private void check(CacheEntry entry, BlobRef blob) {
      Fault fault = blobs.check(blob);
      if (fault != null) {
        findings.add(
            new Finding(
                fault.code(),
                scope,
                entry.key(),
                entry.origin(),
                blob.address(),
                fault.detail(),
                /* repaired= */ false));
        if (fault.code() == Finding.Code.BLOB_CORRUPT) {
          damaged.add(blob);
        }
      }
    }

    @Override
    public void damaged(@Nullable CacheKey key, String why) {
      add(Finding.Code.ENTRY_CORRUPT, key, why);
    }

    private void add(Finding.Code code, @Nullable CacheKey key, String why) {
      findings.add(new Finding(code, scope, key, null, null, why, /* repaired= */ false));
    }

    KeptFailures.Visitor failures() {
      return new KeptFailures.Visitor() {
        @Override
        public void failure(KeptFailure failure) {
          // as it was written
        }

        @Override
        public void damaged(@Nullable CacheKey key, String why) {
          add(Finding.Code.FAILURE_CORRUPT, key, why);
        }
      };
    }
  }

  /** Entries first: an entry must not name a blob that is taken away. */
  private List<Finding> repair(Pass pass) throws CacheUnavailableException, IOException {
    List<Finding> findings = new ArrayList<>();
    for (String name : scopes.names()) {
      IndexBatch removals = new IndexBatch();
      for (Finding finding : pass.findings) {
        CacheKey key = finding.key();
        if (finding.scope().equals(name)) {
          if (key == null || finding.code() == Finding.Code.NOT_CHECKED) {
            findings.add(finding);
          } else if (finding.code() == Finding.Code.FAILURE_CORRUPT) {
            removals.add(KeptFailure.remove(key)); // the result of that key, if any, is whole
            findings.add(finding.asRepaired());
          } else {
            removals.add(new Change.Remove(key));
            store.removeManifests(name, key.digest(), null);
            findings.add(finding.asRepaired());
          }
        }
      }
      CacheIndex index = scopes.in(name);
      index.write(removals);
      index.sync();
    }
    for (BlobRef blob : pass.damaged) {
      store.quarantine(blob);
    }
    store.sync();
    return findings;
  }
}
