package dev.reprise.plan;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.Manifest;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The memos of steps that runs of one driver left or found, so that the next run need not read them
 * from the index; and with those of steps that nobody takes results from the results themselves.
 * What a run hands out is looked up, since an entry may be lost unnoticed; what is held here,
 * inline bytes and all, need not be: it is handed out whatever becomes of its entry.
 *
 * <p>Belongs to one home and its scope. May be used by several runs at once.
 *
 * @see <a href="../../../../../../docs/adr/0013-a-driver-that-lives-on.md">ADR-0013, a driver that
 *     lives on</a>
 */
public final class HeldMemos {
  /** What is held when nothing else is said, in bytes. */
  public static final long USUAL_BYTES = 32L << 20;

  private final long mostBytes;
  private final LinkedHashMap<Fingerprint, Held> byMemo = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /**
   * @param memo of some units, which was checked when it was read
   * @param manifests of their results, in order; empty if those are in the index alone
   */
  record Held(MemoRecord memo, List<Manifest> manifests) {
    Held {
      manifests = List.copyOf(manifests);
    }

    private long weight() {
      return memo.array().length + manifests.stream().mapToLong(Manifest::weight).sum();
    }
  }

  /**
   * @param mostBytes of the heap that it may take, roughly; what was not asked for the longest goes
   */
  public HeldMemos(long mostBytes) {
    checkArgument(mostBytes >= 0, "at least 0 bytes can be held, not %s", mostBytes);
    this.mostBytes = mostBytes;
  }

  /** Whether the memos of so many units have room here, all together. */
  boolean holds(int units) {
    return (long) units * UnitTable.PACKED_BYTES <= mostBytes;
  }

  /** What is held under the id of a memo; null if nothing is. */
  synchronized @Nullable Held find(Fingerprint id) {
    return byMemo.get(id);
  }

  /** Holds these no longer, which are under this id. */
  synchronized void drop(Fingerprint id, Held held) {
    if (byMemo.remove(id, held)) {
      bytes -= held.weight();
    }
  }

  /** Holds these in the place of what was held under the id of their memo. */
  synchronized void hold(Fingerprint id, Held held) {
    Held before = byMemo.put(id, held);
    bytes += held.weight() - (before == null ? 0 : before.weight());
    Iterator<Map.Entry<Fingerprint, Held>> eldest = byMemo.entrySet().iterator();
    while (bytes > mostBytes) {
      bytes -= eldest.next().getValue().weight();
      eldest.remove();
    }
  }
}
