package dev.reprise.run;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Value;
import dev.reprise.plan.Outcome;
import dev.reprise.run.RunListener.UnitReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What becomes of results once they are committed, when one of them does not fit the run. */
class SettlingTest {
  private static final String MADE_4 =
      "it gave 4 elements when it was made again, and 3 before: this step, or one that it follows"
          + " from, is not deterministic; run the pipeline again";

  private static int elements;

  private final RunLab lab = new RunLab();

  private static List<String> elements(String of) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < elements; i++) {
      all.add(of + i);
    }
    return all;
  }

  /** list -> use each -> all, and a step beside them. */
  private static final Pipeline.Definition LIST =
      p -> {
        Partitions<String> list =
            p.fanOut("list", task((String x) -> elements(x)).named("list"), p.value("e"));
        Partitions<String> use =
            p.perPartition("use", task((String x) -> "used " + x).named("use"), list);
        p.step("all", task((List<String> all) -> "all " + all).named("all"), use.all());
        Value<String> beside =
            p.step("beside", task((String x) -> x).named("beside"), p.value("b"));
        for (int i = 0; i < 9; i++) {
          beside = p.step("later" + i, task((String x) -> x + ".").named("later" + i), beside);
        }
        p.step("end", task((String x) -> "end " + x).named("end"), beside);
      };

  /** The list's result lost an element, and has four when it is made again. */
  private RunLab.Result runWithFourWhereThreeWere() {
    lab.store.asBlobs = true;
    elements = 3;
    lab.run(LIST);
    lab.store.blobs.remove(LabStore.address(RunLab.encode("e1")));
    lab.codeVersions.put("use", "2");
    lab.index.entries.values().removeIf(each -> each.origin().step().startsWith("later"));
    elements = 4;
    return lab.run(LIST);
  }

  /** FAULTS 54, ADR-0006: the step has failed, not the pipeline, and no list is half old. */
  @Test
  void run_fanOutHasOtherElementsWhenItIsMadeAgain_failsAloneAndSaysWhatToDo() {
    lab.options = RunOptions.DEFAULT.withKeepGoing(true);
    var result = runWithFourWhereThreeWere();
    assertThat(result.summary().exitCode()).isEqualTo(1);
    assertThat(result.summary().message()).isEqualTo("'list' failed: " + MADE_4);
    assertThat(result.outcome("list")).startsWith("FAILED BLOB_MISSING");
    assertThat(result.outcome("use:0")).isEqualTo("RAN CODE_CHANGED(use())");
    assertThat(result.outcome("use:1")).isEqualTo("SKIPPED UPSTREAM_FAILED(list)");
    assertThat(result.outcome("all")).isEqualTo("SKIPPED UPSTREAM_FAILED(list)");
    assertThat(result.outcome("later8")).isEqualTo("RAN NO_ENTRY(its entry is gone)");
    assertThat(result.outcome("end")).isEqualTo("CACHED");
    assertThat(lab.executions).containsEntry("list", 1).doesNotContainKeys("use:1", "all");
  }

  @Test
  void run_fanOutHasOtherElements_endsTheRunAsAnyFailureDoes() {
    var result = runWithFourWhereThreeWere();
    assertThat(result.summary().exitCode()).isEqualTo(1);
    assertThat(result.outcome("all")).startsWith("SKIPPED");
    assertThat(result.outcome("end")).isEqualTo("SKIPPED RUN_STOPPED(list)");
  }

  /** "Run the pipeline again" is all there is to do. */
  @Test
  void run_afterAFanOutHadOtherElements_takesTheNewOnes() {
    runWithFourWhereThreeWere();
    var again = lab.run(LIST);
    assertThat(again.summary().message()).isEmpty();
    assertThat(again.outcome("list")).isEqualTo("CACHED");
    assertThat(again.outcome("use:3")).startsWith("RAN");
    assertThat(lab.executions).containsEntry("all", 1).doesNotContainKey("list");
  }

  /** Two steps with one key: what follows the leader ends with the run, not once more after it. */
  @Test
  void run_fanOutHasOtherElementsAndAnEqualStepFollowsIt_bothEnd() {
    Pipeline.Definition twins =
        p -> {
          for (String name : List.of("one", "two")) {
            Partitions<String> list =
                p.fanOut(name, task((String x) -> elements(x)).named("list"), p.value("e"));
            p.perPartition("use-" + name, task((String x) -> "used " + x).named("use"), list);
          }
        };
    lab.store.asBlobs = true;
    elements = 3;
    lab.run(twins);
    lab.store.blobs.remove(LabStore.address(RunLab.encode("e1")));
    lab.codeVersions.put("use", "2");
    elements = 4;
    var result = lab.run(twins);
    assertThat(result.summary().exitCode()).isEqualTo(1);
    assertThat(result.summary().message()).isEqualTo("'one' failed: " + MADE_4);
    assertThat(result.outcome("two")).startsWith("SKIPPED");
    assertThat(lab.executions).containsEntry("one", 1).doesNotContainKey("two");
  }

  /** The list is as its input wants it, and the input is not what it was. */
  @Test
  void run_fanOutFollowsFromAnInputThatWasMadeAgain_whatIsFoundForItDoesNotFitEither() {
    Pipeline.Definition definition =
        p -> {
          Value<String> size =
              p.step("size", task((String x) -> "size" + elements).named("size"), p.value("s"));
          Partitions<String> list =
              p.fanOut("list", task((String x) -> elements(x)).named("list"), size);
          p.perPartition("use", task((String x) -> x).named("use"), list);
          p.step("late", task((String x) -> x).named("late"), size);
        };
    lab.store.asBlobs = true;
    elements = 4;
    lab.run(definition);
    lab.options = RunOptions.DEFAULT.withRerun(java.util.Set.of("size"));
    elements = 3;
    lab.run(definition);
    lab.options = RunOptions.DEFAULT;
    lab.store.blobs.remove(LabStore.address(RunLab.encode("size3")));
    lab.codeVersions.put("late", "2");
    elements = 4;
    var result = lab.run(definition);
    assertThat(result.summary().message()).isEqualTo("'list' failed: " + MADE_4);
    assertThat(lab.executions).doesNotContainKey("list");
  }

  /** FAULTS I9: what was made is told of, whatever else came in its batch. */
  @Test
  void run_oneResultOfABatchMakesThePipelineInvalid_allOfTheBatchAreToldOf() {
    elements = 2;
    var result =
        lab.run(
            p -> {
              Partitions<String> first =
                  p.fanOut("first", task((String x) -> elements(x)).named("first"), p.value("f"));
              Partitions<String> near =
                  p.perPartition("near", task((String x) -> x).named("near"), first);
              Value<String> step =
                  p.step("step", task((String x) -> x).named("step"), p.value("s"));
              Partitions<String> list =
                  p.fanOut("list", task((String x) -> elements(x)).named("list"), step);
              p.perPartition(
                  "smooth",
                  task((String x, List<String> all) -> x).named("smooth"),
                  list,
                  near.gather(
                      (i, n) -> {
                        throw new IllegalStateException("no neighbours");
                      }));
            });
    assertThat(result.summary().exitCode()).isEqualTo(3);
    assertThat(result.summary().message()).contains("'smooth'").contains("no neighbours");
    assertThat(RunLab.counts(result)).containsOnly(Map.entry(Outcome.RAN, 5));
    assertThat(lab.reports.stream().filter(each -> each.outcome() == Outcome.RAN))
        .extracting(UnitReport::unit)
        .hasSize(5)
        .doesNotHaveDuplicates();
    assertThat(lab.executions)
        .containsOnlyKeys("first", "step", "list", "near:0", "near:1")
        .allSatisfy((unit, count) -> assertThat(count).isEqualTo(1));
  }
}
