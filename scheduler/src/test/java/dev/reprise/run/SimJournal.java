package dev.reprise.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.graph.Node;
import dev.reprise.journal.RecordedRun;
import dev.reprise.journal.RecordedStep;
import dev.reprise.journal.RecordedUnit;
import dev.reprise.journal.RunHistory;
import dev.reprise.run.RunLab.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Set;

/** Whether the journal of a run replays to what the run came to. FAULTS I9. */
final class SimJournal {
  private SimJournal() {}

  static void check(RunHistory history, Result result) {
    RunView view = result.view();
    RecordedRun read;
    try {
      read = history.read(view.run());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertThat(read.damage()).isEmpty();
    assertThat(read.summary()).isEqualTo(result.summary());
    for (RecordedStep step : read.steps()) {
      int node = step.node().id();
      assertThat(step.units()).as("units of %s", step.name()).isEqualTo(view.unitCount(node));
      for (int i = 0; i < step.units(); i++) {
        int unit = view.firstUnit(node) + i;
        String name = RunLab.name(step.name(), view.label(unit));
        assertThat(step.unit(i)).as("%s in the journal", name).isPresent();
        RecordedUnit told = step.unit(i).get();
        assertThat(told.label()).isEqualTo(view.label(unit));
        assertThat(told.outcome()).as("outcome of %s", name).isEqualTo(view.outcome(unit));
        assertThat(told.content()).as("content of %s", name).isEqualTo(view.content(unit));
        assertThat(told.key()).as("key of %s", name).isEqualTo(view.key(unit));
        assertThat(told.reason()).as("reason of %s", name).isEqualTo(view.reason(unit));
      }
    }
    checkUses(history, view);
    view.graph().nodes().stream()
        .filter(node -> node.isStep() && view.unitCount(node.id()) > 0)
        .forEach(node -> assertThat(read.step(node.id())).as("%s", node.name()).isPresent());
  }

  /** An eviction believes what the journal tells of keys that were used. */
  private static void checkUses(RunHistory history, RunView view) {
    Set<Fingerprint> told = new HashSet<>();
    Set<Fingerprint> used = new HashSet<>();
    try {
      history.forEachUse(view.run(), (key, at) -> told.add(key));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (Node node : view.graph().nodes()) {
      for (int i = 0; node.isStep() && i < view.unitCount(node.id()); i++) {
        view.key(view.firstUnit(node.id()) + i).ifPresent(used::add);
      }
    }
    assertThat(told).as("keys that the journal tells of").isEqualTo(used);
  }
}
