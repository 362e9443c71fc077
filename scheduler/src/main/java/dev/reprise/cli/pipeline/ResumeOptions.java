package dev.reprise.cli.pipeline;

import dev.reprise.api.Parameters;
import dev.reprise.cli.base.OptionTable;
import dev.reprise.config.Settings;
import dev.reprise.config.UsageException;
import dev.reprise.home.EarlierRuns;
import dev.reprise.journal.RunHistory;
import dev.reprise.run.Resume;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The options that say from which run another goes on. */
final class ResumeOptions {
  private final Set<String> runs = new LinkedHashSet<>();
  private final Set<String> again = new LinkedHashSet<>();
  private @Nullable String resultsOf;
  private boolean fromThem;

  void addTo(OptionTable table) {
    table
        .value(
            "--resume",
            "RUN[:STEP]",
            "do the rest of a run that ended: what succeeded there and has unchanged inputs is taken"
                + " from it, with its parameters where none are given; STEP runs again all the same;"
                + " may be repeated for several steps",
            this::resume)
        .flag(
            List.of("--force-resume"),
            "with --resume RUN:STEP: run STEP and what follows it alone; what comes before and has no"
                + " result in RUN is skipped",
            () -> fromThem = true)
        .value(
            "--from-results-of",
            "RUN",
            "take what succeeded in another run, of whatever pipeline, where the inputs are the same",
            run -> resultsOf = run);
  }

  private void resume(String text) {
    int colon = text.indexOf(':');
    String run = colon < 0 ? text : text.substring(0, colon);
    if (run.isEmpty()) {
      throw new UsageException(
          "--resume names no run; write RUN or RUN:STEP, as in --resume latest:train");
    }
    runs.add(run);
    if (runs.size() > 1) {
      throw new UsageException(
          "--resume names several runs (%s); one run goes on from one, and 'runs retry' takes many"
              .formatted(String.join(", ", runs)));
    }
    if (colon >= 0) {
      again.addAll(List.of(text.substring(colon + 1).split(",", -1)));
    }
  }

  /** What was asked for; null if nothing was. */
  @Nullable Resume resume() {
    if (fromThem && again.isEmpty()) {
      throw new UsageException("--force-resume needs the step to go on from: --resume RUN:STEP");
    }
    if (resultsOf == null) {
      if (runs.isEmpty()) {
        return null;
      }
      Resume resume = Resume.of(runs.iterator().next(), again);
      return fromThem ? resume.onlyFromThem() : resume;
    }
    if (!runs.isEmpty()) {
      throw new UsageException("use either --resume or --from-results-of");
    }
    return Resume.resultsOf(resultsOf);
  }

  /** The values that were given, over those of the run that is resumed. */
  Parameters over(Parameters given, Settings settings) {
    Resume resume = resume();
    return resume == null || resume.link() != Resume.Link.RESUMES
        ? given
        : given.over(EarlierRuns.parameters(new RunHistory(settings.runsFolder()), resume.run()));
  }
}
