package dev.reprise.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.executor.AttemptResult;
import dev.reprise.graph.Node;
import dev.reprise.plan.Outcome;
import dev.reprise.run.RunLab.Result;
import dev.reprise.run.RunListener.UnitReport;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What must hold of every run, whatever happened to it. */
final class RunChecks {
  private static final Set<Outcome> WITH_RESULT =
      EnumSet.of(Outcome.CACHED, Outcome.RAN, Outcome.SHARED);
  private static final Pattern HEALED =
      Pattern.compile("HEALING '(.+)' runs again: BLOB_.*\\(blob ([0-9a-f]+) is .*");

  private final Result result;
  private final RunView view;
  private final RunLab lab;
  private final Map<String, List<String>> expected;

  RunChecks(Result result, RunLab lab, RandomPipeline pipeline) {
    this.result = result;
    this.view = result.view();
    this.lab = lab;
    this.expected = pipeline.expected();
  }

  /** Every unit has ended, and the content of every result is what it must be. */
  void everyResultIsRight() {
    forEachUnit(
        (node, unit) -> {
          Outcome outcome = view.outcome(unit);
          assertThat(outcome).isNotNull();
          List<String> values = valuesOf(node, unit);
          if (WITH_RESULT.contains(outcome) && values != null) {
            Fingerprint content =
                node.kind() == Node.Kind.FAN_OUT ? many(values) : one(values.get(0));
            assertThat(view.content(unit))
                .as("%s:%s, %s", node.name(), view.label(unit), outcome)
                .contains(content);
          }
        });
  }

  /** What is told of attempts is what happened: how many, and why the last was not good. */
  void attemptsAreCounted(LabFaults faults) {
    for (UnitReport report : lab.reports) {
      String unit = RunLab.name(nodeOf(report).name(), view.label(report.unit()));
      if (report.outcome() == Outcome.FAILED) {
        AttemptResult last = faults.last.get(unit);
        assertThat(report.error() != null)
            .as("%s failed in user code, and last came %s", unit, last)
            .isEqualTo(last instanceof AttemptResult.UserError);
      }
    }
    forEachUnit(
        (node, unit) -> {
          String name = RunLab.name(node.name(), view.label(unit));
          int told =
              lab.reports.stream()
                  .filter(report -> report.unit() == unit)
                  .mapToInt(UnitReport::attempts)
                  .max()
                  .orElse(0);
          if (view.outcome(unit) == Outcome.RAN || view.outcome(unit) == Outcome.FAILED) {
            assertThat(told).as("attempts at %s", name).isEqualTo(lab.attempts(name));
          }
        });
  }

  /** What was opened is closed, also what came too late. */
  void everythingIsClosed() {
    assertThat(lab.open).as("open executors").isZero();
  }

  /**
   * A unit that runs again because of a blob is the one whose result that is.
   *
   * @return how many were looked at
   */
  int onlyWhatIsLostIsHealed() {
    int seen = 0;
    for (String warning : lab.warnings) {
      Matcher healed = HEALED.matcher(warning);
      if (healed.matches()) {
        seen++;
        forEachUnit(
            (node, unit) -> {
              List<String> values = valuesOf(node, unit);
              if (values != null
                  && RunLab.name(node.name(), view.label(unit)).equals(healed.group(1))) {
                assertThat(values.stream().map(RunChecks::address)).contains(healed.group(2));
              }
            });
      }
    }
    return seen;
  }

  /** What this run keeps is told of as made, unless nobody heard of it. */
  void whatIsKeptIsTold() {
    if (lab.commitsHang) {
      return;
    }
    forEachUnit(
        (node, unit) -> {
          CacheEntry entry =
              view.key(unit).map(key -> lab.index.entries.get(new CacheKey(key))).orElse(null);
          if (entry != null
              && entry.origin().run().equals(view.run())
              && entry.origin().step().equals(node.name())
              && entry.origin().label().equals(view.label(unit))) {
            assertThat(lab.reports)
                .as("reports of %s:%s, which is kept", node.name(), view.label(unit))
                .anyMatch(report -> report.unit() == unit && report.outcome() == Outcome.RAN);
          }
        });
  }

  private Node nodeOf(UnitReport report) {
    return view.graph().node(view.nodeOf(report.unit()));
  }

  private interface EachUnit {
    void is(Node node, int unit);
  }

  private void forEachUnit(EachUnit each) {
    for (Node node : view.graph().nodes()) {
      for (int i = 0; node.isStep() && i < view.unitCount(node.id()); i++) {
        each.is(node, view.firstUnit(node.id()) + i);
      }
    }
  }

  /** What the unit must make; null if that is not known here. */
  private List<String> valuesOf(Node node, int unit) {
    int place = unit - view.firstUnit(node.id());
    List<String> all = expected.get(node.name());
    return switch (node.kind()) {
      case FAN_OUT -> all;
      case EACH -> List.of(all.get(place));
      case COMBINE -> place < view.unitCount(node.id()) - 1 ? null : all;
      default -> all;
    };
  }

  private static String address(String value) {
    return LabStore.address(RunLab.encode(value)).brief();
  }

  private static Fingerprint one(String value) {
    return Hasher.of("lab").putBytes(RunLab.encode(value)).finish();
  }

  private static Fingerprint many(List<String> values) {
    Hasher hasher = Hasher.of("reprise/many").putLong(values.size());
    values.forEach(value -> hasher.putFingerprint(one(value)));
    return hasher.finish();
  }
}
