package dev.reprise.plan;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.Manifest;
import dev.reprise.explain.StepParts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Results that a run takes for its own before it asks the cache: those of the runs that it goes on
 * from. They are found by the digest of everything that determines them, as in the cache, also
 * those of tasks that keep nothing. Belongs to the run's one thread.
 *
 * @see <a href="../../../../../../docs/adr/0009-resume.md">ADR-0009, going on from a run</a>
 */
public interface Recollections {
  /** There are none, and nothing is asked. */
  Recollections NONE =
      new Recollections() {
        @Override
        public boolean any() {
          return false;
        }

        @Override
        public @Nullable Recalled find(Fingerprint key) {
          return null;
        }

        @Override
        public boolean isLeftToMakeAnew(String step, String label, Fingerprint key) {
          return false;
        }

        @Override
        public Reason because(
            String step,
            String label,
            StepParts parts,
            List<Fingerprint> arguments,
            Reason otherwise) {
          return otherwise;
        }
      };

  /**
   * A result.
   *
   * @param manifest of which every blob was there a moment ago
   * @param durationNanos what its execution took
   * @param from where it comes from, for people
   * @param spoilt whether other code or inputs than its key says may have made it: right for equal
   *     calls of its run, and for no other run
   */
  record Recalled(Manifest manifest, long durationNanos, String from, boolean spoilt) {}

  /** Whether there may be any; if not, nothing else is asked. */
  boolean any();

  /** The nearest result under a unit's key, or what would be its key; null if there is none. */
  @Nullable Recalled find(Fingerprint key);

  /**
   * Whether an earlier run was to make a unit's result anew and did not come to it: what the cache
   * has is not wanted, and the unit runs.
   *
   * @param label of its partition
   * @param key of the unit, whose result is not among these
   */
  boolean isLeftToMakeAnew(String step, String label, Fingerprint key);

  /**
   * Why a unit has to run whose result is not among these.
   *
   * @param label of its partition
   * @param parts of its step's key
   * @param arguments digests in the order of the parts
   * @param otherwise what is said of a run that goes on from none: the reason where these runs do
   *     not know how the unit was made
   */
  Reason because(
      String step, String label, StepParts parts, List<Fingerprint> arguments, Reason otherwise);
}
