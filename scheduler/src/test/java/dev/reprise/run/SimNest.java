package dev.reprise.run;

import java.util.Set;

/**
 * A nested pipeline that is kept as a whole.
 *
 * @param name the names of its steps begin with it
 * @param steps names of its steps, with those of pipelines nested within it
 * @param outputs names of those of which others take something, or that it hands out
 */
record SimNest(String name, Set<String> steps, Set<String> outputs) {
  SimNest {
    steps = Set.copyOf(steps);
    outputs = Set.copyOf(outputs);
  }

  /** Whether the step need not run if what the nested pipeline hands out is found. */
  boolean hides(String step) {
    return steps.contains(step) && !outputs.contains(step);
  }
}
