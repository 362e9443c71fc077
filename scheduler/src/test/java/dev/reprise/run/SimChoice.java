package dev.reprise.run;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a run is asked for.
 *
 * @param leftOut steps that are taken from the cache if they are there, and do not run
 * @param there the model's keys of what is there to be taken
 * @param unread files of sources that are not read, {@code source=label}
 */
record SimChoice(Set<String> leftOut, Set<String> there, Set<String> unread) {
  static final SimChoice ALL = new SimChoice(Set.of(), Set.of(), Set.of());

  boolean isAll() {
    return leftOut.isEmpty() && unread.isEmpty();
  }

  boolean isRead(String source, String label) {
    return !unread.contains(source + "=" + label);
  }

  /** Whether a unit runs, or need not since it is there. */
  boolean mayRun(SimStep step, @Nullable String key) {
    return !leftOut.contains(step.name()) || (key != null && there.contains(key));
  }
}
