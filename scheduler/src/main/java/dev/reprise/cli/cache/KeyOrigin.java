package dev.reprise.cli.cache;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.NoteKind;
import dev.reprise.explain.PartsFormat;
import dev.reprise.explain.StepParts;
import dev.reprise.explain.UnitHistory;
import dev.reprise.explain.UnitHistory.Variant;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What an entry's key was made of, as far as the index remembers it.
 *
 * @param arguments digests, in the order of the parts' arguments
 */
record KeyOrigin(StepParts parts, List<Fingerprint> arguments) {

  /** Finds it; empty if it is forgotten, as it is when the unit had several other keys since. */
  static Optional<KeyOrigin> of(CacheEntry entry, CacheIndex index)
      throws CacheUnavailableException {
    Fingerprint unit =
        UnitHistory.id(entry.origin().pipeline(), entry.origin().step(), entry.origin().label());
    try {
      Bytes history = index.notes(NoteKind.UNIT_HISTORY, List.of(unit)).get(0);
      if (history == null) {
        return Optional.empty();
      }
      for (Variant variant : PartsFormat.decodeHistory(history).variants()) {
        Bytes parts = index.notes(NoteKind.KEY_PARTS, List.of(variant.parts())).get(0);
        if (variant.key().equals(entry.key().digest()) && parts != null) {
          return Optional.of(new KeyOrigin(PartsFormat.decodeParts(parts), variant.arguments()));
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // damaged or of another version: nothing to show
    }
  }
}
