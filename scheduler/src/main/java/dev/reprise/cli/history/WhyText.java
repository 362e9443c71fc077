package dev.reprise.cli.history;

import dev.reprise.cache.base.Text;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.Origin;
import dev.reprise.cli.base.AlignedRows;
import dev.reprise.cli.base.AlignedRows.Column;
import dev.reprise.console.FailureText;
import dev.reprise.console.Figures;
import dev.reprise.console.Hints;
import dev.reprise.console.Ranges;
import dev.reprise.console.Rows;
import dev.reprise.explain.StepParts;
import dev.reprise.journal.RecordedRun;
import dev.reprise.journal.RecordedStep;
import dev.reprise.journal.RecordedUnit;
import dev.reprise.plan.Outcome;
import dev.reprise.run.RunListener.Change;
import dev.reprise.run.RunListener.Keeping;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The answer to {@code why} on a screen. */
final class WhyText {
  private static final int LONGEST = 400;
  private static final int WIDEST_PART = 60;

  private final PrintStream out;
  private final RecordedRun run;
  private final PastRuns runs;
  private final Origins origins;
  private final Hints hints;
  private final boolean verbose;

  WhyText(
      PrintStream out,
      RecordedRun run,
      PastRuns runs,
      Origins origins,
      String program,
      boolean verbose) {
    this.out = out;
    this.run = run;
    this.runs = runs;
    this.origins = origins;
    this.hints = runs.hints(program);
    this.verbose = verbose;
  }

  void print(UnitTarget target) throws IOException {
    RecordedStep step = target.step();
    String name =
        target.partition().isPresent()
            ? UnitTarget.name(step, target.partition().getAsInt())
            : step.name();
    out.printf(
        "%s   run %s of %s, %s%n%n",
        Text.safe(name, LONGEST),
        runs.brief(run.id()),
        run.header().pipeline(),
        PastRuns.time(run.header().start()));
    if (target.partition().isPresent()) {
      Optional<RecordedUnit> unit = step.unit(target.partition().getAsInt());
      if (unit.isPresent()) {
        printUnit(step, unit.get());
      } else {
        out.println("it did not end before the journal did");
      }
    } else {
      printGroups(step);
    }
  }

  /** What the key does not know of: that it stayed equal says nothing about these. */
  private void printCaveats(RecordedStep step) {
    List<String> caveats = step.parts().map(StepParts::caveats).orElse(List.of());
    if (verbose && !caveats.isEmpty()) {
      out.println("\nnot in the key");
      caveats.forEach(caveat -> out.println("  " + Text.safe(caveat, LONGEST)));
    }
  }

  private void printCache(RecordedStep step) {
    step.parts()
        .flatMap(StepParts::written)
        .ifPresent(key -> out.println("in " + Text.safe(key.toString(), LONGEST)));
  }

  private void printUnit(RecordedStep step, RecordedUnit unit) throws IOException {
    out.println(sentence(unit));
    Keeping keeping = unit.keeping();
    if (keeping != null && keeping.state() == Keeping.State.NOT_KEPT) {
      out.println("not kept: " + Text.safe(hints.typed(keeping.because()), LONGEST));
    }
    if (unit.error() != null) {
      FailureText.brief(unit.error()).forEach(line -> out.println("  " + line));
      out.println(
          "next: "
              + hints.command(
                  "runs logs "
                      + runs.brief(run.id())
                      + " "
                      + hints.quoted(UnitTarget.name(step, unit.partition()))));
    }
    printChanges(unit.changed());
    unit.key().ifPresent(key -> out.println("\nkey " + key));
    printCache(step);
    if (verbose && step.parts().isPresent()) {
      out.println();
      printParts(KeyPart.of(step.parts().get(), unit));
    }
    printCaveats(step);
  }

  /** Names of methods are long, and nobody wants them cut: a long one has a line of its own. */
  private void printParts(List<KeyPart> parts) {
    int width =
        parts.stream()
            .mapToInt(part -> part.part().length())
            .filter(length -> length <= WIDEST_PART)
            .max()
            .orElse(0);
    for (KeyPart part : parts) {
      String name = part.part();
      if (name.length() > width) {
        out.println("  " + Text.safe(name, LONGEST));
        name = "";
      }
      out.println("  " + Text.safe(Rows.pad(name, width) + "   " + part.text(), LONGEST));
    }
  }

  private String sentence(RecordedUnit unit) {
    String because = unit.reason() == null ? "" : ": " + hints.typed(unit.reason().toString());
    String message = hints.typed(unit.message());
    String said = message.isEmpty() ? "" : " (" + Text.safe(message, LONGEST) + ")";
    return switch (unit.outcome()) {
      case CACHED -> "CACHED: " + origin(unit);
      case RAN ->
          "RAN in %s%s%s%s"
              .formatted(Figures.duration(unit.durationNanos()), attempts(unit), because, said);
      case FAILED -> "FAILED" + attempts(unit) + because + (unit.error() == null ? said : "");
      case SHARED, MEMO, SKIPPED, CANCELLED -> unit.outcome() + because + said;
    };
  }

  private static String attempts(RecordedUnit unit) {
    return unit.attempts() > 1 ? " in attempt " + unit.attempts() : "";
  }

  private String origin(RecordedUnit unit) {
    String took = "its execution took " + Figures.duration(unit.durationNanos());
    Optional<CacheEntry> entry = origins.find(unit);
    if (entry.isEmpty()) {
      return took + "; " + Text.safe(origins.whyNot(), LONGEST);
    }
    Origin origin = entry.get().origin();
    return "made by run %s, %s, on %s (%s); %s"
        .formatted(
            runs.brief(origin.run()),
            PastRuns.time(Instant.ofEpochMilli(entry.get().createdMillis())),
            origin.host(),
            origin.executor(),
            took);
  }

  private void printChanges(List<Change> changes) throws IOException {
    if (changes.isEmpty()) {
      return;
    }
    out.println();
    AlignedRows rows =
        new AlignedRows(out, Column.left("changed"), Column.left("before"), Column.left("now"));
    for (Change change : changes) {
      String part = change.part();
      if (part.length() > WIDEST_PART) {
        rows.line(part);
        part = "";
      }
      rows.row(part, orNone(change.before()), orNone(change.now()));
    }
    rows.end();
  }

  private static String orNone(String value) {
    return value.isEmpty() ? "-" : value;
  }

  /** The units of a step, those put together that ended alike and for one reason. */
  private void printGroups(RecordedStep step) throws IOException {
    Map<String, BitSet> groups = new LinkedHashMap<>();
    Map<String, RecordedUnit> firsts = new LinkedHashMap<>();
    for (int i = 0; i < step.units(); i++) {
      Optional<RecordedUnit> unit = step.unit(i);
      String group = unit.map(this::group).orElse("did not end");
      groups.computeIfAbsent(group, any -> new BitSet()).set(i);
      unit.ifPresent(first -> firsts.putIfAbsent(group, first));
    }
    for (var group : groups.entrySet()) {
      out.printf(
          "%s   %s   %s%n",
          Text.safe(group.getKey(), LONGEST),
          Figures.count(group.getValue().cardinality(), "unit"),
          Ranges.of(group.getValue(), step::label));
      RecordedUnit first = firsts.get(group.getKey());
      if (first != null && !first.changed().isEmpty()) {
        printChanges(first.changed());
        out.println();
      }
    }
    printCache(step);
    printCaveats(step);
    out.println(
        "next: "
            + hints.command(
                "why "
                    + hints.quoted(UnitTarget.name(step, 0))
                    + " --run "
                    + runs.brief(run.id())));
  }

  private String group(RecordedUnit unit) {
    return unit.outcome() == Outcome.CACHED || unit.reason() == null
        ? unit.outcome().name()
        : unit.outcome() + ": " + hints.typed(unit.reason().toString());
  }
}
