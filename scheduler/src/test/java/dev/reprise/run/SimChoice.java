package dev.reprise.run;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a run is asked for, and what it finds when it is planned.
 *
 * @param leftOut steps that are taken from the cache if they are there, and do not run
 * @param there the model's keys of what is there to be taken
 * @param unread files of sources that are not read, {@code source=label}
 * @param forced steps that run although their results may be there
 * @param found nested pipelines that are found as a whole
 */
record SimChoice(
    Set<String> leftOut,
    Set<String> there,
    Set<String> unread,
    Set<String> forced,
    List<SimNest> found) {
  static final SimChoice ALL = new SimChoice(Set.of(), Set.of(), Set.of(), Set.of(), List.of());

  SimChoice {
    found = List.copyOf(found);
  }

  /** The same, that finds these. */
  SimChoice withFound(List<SimNest> nests) {
    return new SimChoice(leftOut, there, unread, forced, nests);
  }

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

  /** Whether a unit is there, and taken. */
  boolean finds(SimStep step, @Nullable String key) {
    return key != null && there.contains(key) && !forced.contains(step.name());
  }

  /** Whether what is found as a whole has the step's results. */
  boolean handsOut(SimStep step) {
    return found.stream().anyMatch(nest -> nest.outputs().contains(step.name()));
  }

  /** Whether the step need not run, since what it is for is found. */
  boolean hides(SimStep step) {
    return !handsOut(step) && found.stream().anyMatch(nest -> nest.hides(step.name()));
  }
}
