package dev.reprise.cli.history;

import dev.reprise.cache.base.Text;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.console.FailureText;
import dev.reprise.console.Figures;
import dev.reprise.console.Hints;
import dev.reprise.console.Ranges;
import dev.reprise.console.Rows;
import dev.reprise.console.RunConsole;
import dev.reprise.console.Words;
import dev.reprise.explain.StepParts;
import dev.reprise.journal.JournalWriter;
import dev.reprise.journal.RecordedRun;
import dev.reprise.journal.RecordedStep;
import dev.reprise.journal.RecordedUnit;
import dev.reprise.journal.RecordedWarning;
import dev.reprise.plan.Outcome;
import dev.reprise.plan.Reason.Code;
import dev.reprise.run.Resume;
import dev.reprise.run.RunListener.RunHeader;
import dev.reprise.run.RunListener.RunSummary;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunPolicy;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A past run on a screen. */
final class RunText {
  private static final int MOST_FAILURES = 20;
  private static final int MOST_REASONS = 3;
  private static final int LONGEST = 500;

  private final CommandContext context;
  private final PrintStream out;
  private final PastRuns runs;
  private final Hints hints;

  RunText(CommandContext context, PastRuns runs, String program) {
    this.context = context;
    this.out = context.out();
    this.runs = runs;
    this.hints = runs.hints(program);
  }

  void print(RecordedRun run) {
    printHeader(run);
    out.println();
    int width = run.steps().stream().mapToInt(step -> step.name().length()).max().orElse(0);
    Rows rows = new Rows(width);
    run.steps().forEach(step -> printStep(rows, step));
    printFailures(run);
    for (RecordedWarning warning : run.warnings()) {
      String word =
          switch (warning.code()) {
            case JournalWriter.AUDITED -> "audit: ";
            case JournalWriter.PUBLISHED -> "published: ";
            default -> "warning: ";
          };
      out.println(word + Text.safe(hints.typed(warning.message()), LONGEST));
    }
    RunSummary summary = run.summary();
    if (summary != null) {
      if (!summary.message().isEmpty()) {
        out.println(Text.safe(hints.typed(summary.message()), LONGEST));
      }
      out.println(Words.summary(summary));
    }
  }

  private void printHeader(RecordedRun run) {
    RunHeader header = run.header();
    RunOptions options = header.options();
    RunSummary summary = run.summary();
    field("run", header.run());
    field("pipeline", header.pipeline() + texts(header.parameters()));
    field(
        "state",
        runs.status(run.brief()) + (summary == null ? "" : ", exit code " + summary.exitCode()));
    Resume resume = options.resume();
    if (resume != null) {
      field(resume.link() == Resume.Link.RESUMES ? "resumes" : "takes from", resumed(resume));
    }
    field("started", PastRuns.time(header.start()));
    if (!options.command().isEmpty()) {
      field("command", options.command());
    }
    field("options", "executor " + options.executor() + ", cache " + options.cache().word());
    if (!options.policy().equals(RunPolicy.NONE)) {
      field("policy", texts(options.policy().shown()).strip());
    }
    steps("only", options.only());
    steps("up to", options.upTo());
    steps("rerun", options.rerun());
    steps("rerun from", options.rerunFrom());
    if (!options.partitions().isEmpty()) {
      field("partitions", String.join(", ", options.partitions()));
    }
    if (!options.idempotencyKey().isEmpty()) {
      field("key", options.idempotencyKey());
    }
    field("by", header.user() + " on " + header.host() + ", pid " + header.pid());
    if (!options.labels().isEmpty()) {
      field("labels", texts(options.labels()).strip());
    }
  }

  private void steps(String what, Set<String> named) {
    if (!named.isEmpty()) {
      field(what, String.join(", ", named));
    }
  }

  private static String resumed(Resume resume) {
    return resume.run()
        + (resume.again().isEmpty()
            ? ""
            : ", "
                + (resume.fromThem() ? "from " : "and runs again ")
                + String.join(", ", resume.again()));
  }

  private static String texts(Map<String, String> values) {
    return values.entrySet().stream()
        .map(entry -> "  " + entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining());
  }

  private void field(String name, String value) {
    out.println(Rows.word(name) + Text.safe(value, LONGEST));
  }

  private void printStep(Rows rows, RecordedStep step) {
    Outcome telling = Words.telling(step.outcomes());
    String word = Rows.word(step.outcomes().isEmpty() ? "?" : telling.name());
    List<String> columns = new ArrayList<>();
    columns.add(Words.counts(step.units(), step.outcomes()));
    if (telling == Outcome.CACHED || telling == Outcome.MEMO) {
      columns.add("saved " + Figures.duration(step.savedNanos()));
    } else {
      columns.add(time(step));
      columns.add(hints.typed(reasons(step)));
    }
    step.parts().flatMap(StepParts::written).ifPresent(key -> columns.add("in " + key));
    out.println(
        rows.of(
            context.colours() ? RunConsole.tone(telling).paint(word) : word, step.name(), columns));
  }

  private static String time(RecordedStep step) {
    return Figures.duration(
        step.notCached().stream()
            .filter(unit -> unit.attempts() > 0)
            .mapToLong(RecordedUnit::durationNanos)
            .sum());
  }

  private static String reasons(RecordedStep step) {
    Map<String, BitSet> byReason = new LinkedHashMap<>();
    for (RecordedUnit unit : step.notCached()) {
      byReason.computeIfAbsent(because(unit), any -> new BitSet()).set(unit.partition());
    }
    String reasons =
        byReason.entrySet().stream()
            .limit(MOST_REASONS)
            .map(
                entry ->
                    entry.getValue().cardinality() == step.units()
                        ? entry.getKey()
                        : entry.getKey() + " " + Ranges.of(entry.getValue(), step::label))
            .collect(Collectors.joining("; "));
    return byReason.size() > MOST_REASONS ? reasons + "; …" : reasons;
  }

  private static String because(RecordedUnit unit) {
    return unit.reason() == null ? unit.message() : unit.reason().toString();
  }

  private void printFailures(RecordedRun run) {
    int failures = 0;
    for (RecordedStep step : run.steps()) {
      for (RecordedUnit unit : step.notCached()) {
        if (unit.outcome() == Outcome.FAILED && failures++ < MOST_FAILURES) {
          printFailure(run, UnitTarget.name(step, unit.partition()), unit);
        }
      }
    }
    if (failures > MOST_FAILURES) {
      out.println(Figures.count(failures - MOST_FAILURES, "more unit") + " failed");
    }
  }

  private void printFailure(RecordedRun run, String name, RecordedUnit unit) {
    out.println();
    boolean attempted = unit.reason() == null || unit.reason().code() != Code.FAILURE_KEPT;
    out.println(
        Ranges.safe(name)
            + (attempted
                ? " failed in attempt " + Math.max(1, unit.attempts())
                : " failed at once"));
    if (unit.error() == null) {
      out.println("  " + Text.safe(hints.typed(unit.message()), LONGEST));
    } else {
      FailureText.brief(unit.error()).forEach(line -> out.println("  " + line));
    }
    String logs = "runs logs " + runs.brief(run.id()) + " " + hints.quoted(name);
    Optional<String> failedIn = unit.reason() == null ? Optional.empty() : unit.reason().failedIn();
    String next = failedIn.map(first -> "runs show " + runs.brief(first)).orElse(logs);
    out.println("  next: " + hints.command(next));
  }
}
