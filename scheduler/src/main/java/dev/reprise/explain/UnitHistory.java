package dev.reprise.explain;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import java.util.ArrayList;
import java.util.List;

/**
 * The latest keys that a unit of this name had, newest first: what a miss is compared with.
 *
 * @param variants at most {@link #MOST}
 */
public record UnitHistory(List<Variant> variants) {
  /** How many keys are remembered for a unit. */
  public static final int MOST = 4;

  /** No keys. */
  public static final UnitHistory EMPTY = new UnitHistory(List.of());

  public UnitHistory {
    variants = List.copyOf(variants);
  }

  /**
   * A key that the unit had.
   *
   * @param parts digest of the encoded {@link StepParts}, under which the index keeps them
   * @param run that computed it
   * @param arguments digests in the order of the parts
   */
  public record Variant(
      Fingerprint key, Fingerprint parts, String run, List<Fingerprint> arguments) {
    public Variant {
      arguments = List.copyOf(arguments);
    }
  }

  /** Returns the history with {@code newest} in front; an older variant of its key goes. */
  public UnitHistory with(Variant newest) {
    List<Variant> all = new ArrayList<>();
    all.add(newest);
    for (Variant variant : variants) {
      if (!variant.key().equals(newest.key()) && all.size() < MOST) {
        all.add(variant);
      }
    }
    return new UnitHistory(all);
  }

  /** The id under which there is a note if units of the step have histories. */
  public static Fingerprint ofStep(String pipeline, String step) {
    return Hasher.of("reprise/step-units").putString(pipeline).putString(step).finish();
  }

  /** The id under which the history of a unit is kept. */
  public static Fingerprint id(String pipeline, String step, String label) {
    return Hasher.of("reprise/unit").putString(pipeline).putString(step).putString(label).finish();
  }
}
