package dev.reprise.run;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.claim.Claims.Outcome.Granted;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.ErrorInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** What may go wrong around a run, by chance. */
final class LabFaults {
  final RunLab lab;
  private final Random random;

  /** What became of the last attempt at each unit that was meddled with; null if it was not. */
  final Map<String, @Nullable AttemptResult> last = new HashMap<>();

  /** Whether entries are of another version in this run, which loses their results once. */
  private boolean outdated;

  LabFaults(RunLab lab, Random random) {
    this.lab = lab;
    this.random = random;
  }

  /** A new run: what was broken for good in the one before is mended, and some entries are old. */
  void beforeRun() {
    lab.index.broken = false;
    lab.commitsHang = false;
    lab.store.quarantineFails = random.nextInt(4) == 0;
    boolean late = random.nextInt(3) == 0;
    lab.startsAfter = () -> Duration.ofMillis(late ? random.nextInt(5_000) : 0);
    last.clear();
    outdated = random.nextInt(3) == 0;
    if (outdated) {
      outdate();
    }
  }

  /** Damages the cache a few times at most, so that no result is lost more than three times. */
  Runnable cacheTrouble() {
    int[] left = {outdated ? 2 : 3};
    int breaksIn = random.nextInt(1000);
    int hangsIn = random.nextInt(1000);
    int[] moment = {0};
    return () -> {
      if (left[0] > 0 && random.nextInt(10) == 0) {
        left[0]--;
        damage();
      }
      if (random.nextInt(20) == 0) {
        holdClaim();
      }
      lab.index.broken |= moment[0] == breaksIn;
      lab.commitsHang |= moment[0] == hangsIn;
      moment[0]++;
    };
  }

  /** Damages the cache as often as it likes. */
  Runnable anyTrouble(int worst) {
    return () -> {
      if (random.nextInt(worst) == 0) {
        damage();
      }
      if (random.nextInt(50) == 0) {
        holdClaim();
      }
      lab.index.broken |= random.nextInt(500) == 0;
      lab.commitsHang |= random.nextInt(500) == 0;
    };
  }

  /** Loses workers and lets code fail. */
  void failAttempts(int worst) {
    lab.meddle =
        (unit, attempt) -> {
          AttemptResult result =
              switch (random.nextInt(worst)) {
                case 0 ->
                    new AttemptResult.UserError(
                        ErrorInfo.of(new IllegalStateException("bad luck")), 1, Bytes.EMPTY);
                case 1 -> new AttemptResult.Lost("worker gone", 1, Bytes.EMPTY);
                default -> null;
              };
          last.put(unit, result);
          return result;
        };
  }

  /** The cluster is full, or not there, or takes no work any more. */
  void failExecutors() {
    lab.unreachable = random.nextInt(8) == 0 ? "no cluster is known" : null;
    lab.unavailable = random.nextInt(8) == 0 ? "the cluster is full" : null;
  }

  private void damage() {
    List<Fingerprint> blobs = new ArrayList<>(lab.store.blobs.keySet());
    blobs.sort(null);
    List<String> pending = new ArrayList<>(lab.store.pending.keySet());
    pending.sort(null);
    int kind = random.nextInt(5);
    if (kind == 0 && !lab.index.entries.isEmpty()) {
      lab.index.entries.remove(anyKey());
    } else if (kind == 1 && !pending.isEmpty()) {
      lab.store.pending.computeIfPresent(any(pending), (name, bytes) -> flipped(bytes));
    } else if (!blobs.isEmpty()) {
      Fingerprint blob = any(blobs);
      switch (kind) {
        case 2 -> lab.store.blobs.remove(blob);
        case 3 -> lab.store.blobs.put(blob, new byte[] {1});
        default -> lab.store.blobs.computeIfPresent(blob, (address, bytes) -> flipped(bytes));
      }
    }
  }

  private static byte[] flipped(byte[] bytes) {
    byte[] damaged = bytes.clone();
    if (damaged.length > 0) {
      damaged[0] ^= 1;
    }
    return damaged;
  }

  /** Another version wrote what the entry holds: whole bytes that are no value here. */
  private void outdate() {
    for (CacheEntry entry : List.copyOf(lab.index.entries.values())) {
      if (random.nextInt(4) == 0) {
        List<PartitionRef> old =
            entry.manifest().partitions().stream()
                .map(
                    part ->
                        new PartitionRef(
                            part.content(),
                            LabStore.OLD_CODEC,
                            part.size(),
                            part.rows(),
                            part.schema(),
                            part.location()))
                .toList();
        Manifest manifest =
            entry.manifest().shape() == Shape.ONE ? Manifest.one(old.get(0)) : Manifest.many(old);
        lab.index.entries.put(
            entry.key(), new CacheEntry(entry.key(), manifest, entry.origin(), 1, 0));
      }
    }
  }

  /** Another run claims what this one may need, for a while. */
  private void holdClaim() {
    if (!lab.index.entries.isEmpty()
        && lab.claims.claim(anyKey().digest(), "run other", Duration.ofSeconds(60))
            instanceof Granted granted) {
      lab.after(Duration.ofMillis(random.nextInt(300)), () -> lab.claims.release(granted.claim()));
    }
  }

  private CacheKey anyKey() {
    return any(new ArrayList<>(lab.index.entries.keySet()));
  }

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
