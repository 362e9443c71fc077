package dev.reprise.run;

import static dev.reprise.cache.base.Checks.checkArgument;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The run that another goes on from. What succeeded there is taken as it is where its key is the
 * same: code, arguments and contents of inputs. The rest runs.
 *
 * @param run its id; until it is submitted also how one begins or ends, or {@code latest}
 * @param link what the two have to do with each other
 * @param again steps that run although they succeeded there
 * @param fromThem whether {@code again} and what follows are all that runs: what comes before and
 *     has no result there is skipped
 */
public record Resume(String run, Link link, Set<String> again, boolean fromThem) {
  /** What a run has to do with the one that it goes on from. */
  public enum Link {
    /** It does the rest of it: the same pipeline, and through it those that it resumed. */
    RESUMES,
    /** It is another run, of whatever pipeline, that takes results from it. */
    TAKES_RESULTS_OF
  }

  public Resume {
    checkArgument(!run.isEmpty(), "a run is resumed by its id, which is empty");
    again = Collections.unmodifiableSet(new LinkedHashSet<>(again));
    checkArgument(
        !fromThem || !again.isEmpty(),
        "run %s is to be resumed from a step alone, and none is named",
        run);
  }

  /** Returns what does the rest of {@code run}, and {@code again} once more. */
  public static Resume of(String run, Set<String> again) {
    return new Resume(run, Link.RESUMES, again, false);
  }

  /** Returns what takes results of {@code run} for a run of its own. */
  public static Resume resultsOf(String run) {
    return new Resume(run, Link.TAKES_RESULTS_OF, Set.of(), false);
  }

  /** Returns a copy for another run. */
  public Resume of(String otherRun) {
    return new Resume(otherRun, link, again, fromThem);
  }

  /** Returns a copy that skips what comes before the steps that it names. */
  public Resume onlyFromThem() {
    return new Resume(run, link, again, true);
  }
}
