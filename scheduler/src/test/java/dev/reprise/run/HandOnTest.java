package dev.reprise.run;

import static dev.reprise.run.LabPipelines.MEBIBYTE;
import static dev.reprise.run.LabPipelines.names;
import static dev.reprise.task.Tasks.action;
import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Value;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.commit.CommitRequest.Mode;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.executor.AttemptResult;
import dev.reprise.task.Receipt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What takes a small result runs while that is being committed. See ADR-0014. */
class HandOnTest {
  private static final Pipeline.Definition CHAIN =
      p -> {
        Value<String> first =
            p.step("first", task((String x) -> "1" + x).named("first"), p.value("x"));
        p.step("second", task((String x) -> "2" + x).named("second"), first);
      };

  private static final Pipeline.Definition SEVENTY =
      p -> {
        Partitions<String> names =
            p.fanOut("names", task((Integer n) -> names(n)).named("names"), p.value(70));
        Partitions<String> big =
            p.perPartition("big", task((String x) -> x + MEBIBYTE).named("big"), names);
        p.perPartition("small", task((String x) -> x.substring(0, 4)).named("small"), big);
      };

  private final RunLab lab = new RunLab();

  /** The steps that were given out before anything was kept. */
  private final List<String> early = new ArrayList<>();

  /** Runs with a committing side that rests for five seconds when it is first needed. */
  private RunLab.Result run(Pipeline.Definition definition) {
    early.clear();
    int before = lab.index.entries.size();
    lab.submitted =
        chunk -> {
          if (lab.index.entries.size() == before && lab.commitsHang) {
            chunk.units().forEach(unit -> early.add(RunLab.name(chunk.step(), unit.label())));
          }
        };
    lab.commitsHang = true;
    lab.after(Duration.ofSeconds(5), lab::commitsGoOn);
    return lab.run(definition);
  }

  @Test
  void run_smallResult_isTakenBeforeItIsKept() {
    RunLab.Result result = run(CHAIN);

    assertThat(early).containsExactly("first", "second");
    assertThat(result.outcomes()).containsOnlyKeys("first", "second");
    assertThat(result.outcome("second")).isEqualTo("RAN NO_ENTRY");
    assertThat(lab.executions).isEqualTo(Map.of("first", 1, "second", 1));
    lab.run(CHAIN);
    assertThat(lab.executions).isEmpty();
  }

  @Test
  void run_smallResult_isToldOfBeforeWhatTookIt() {
    run(CHAIN);

    assertThat(lab.reports).extracting(report -> report.unit()).containsExactly(0, 1);
  }

  /** FAULTS I4: what takes it may be what ends the process. */
  @Test
  void run_resultTookLongToMake_isTakenOnceItIsKept() {
    lab.unitTakes = Duration.ofMillis(11);
    run(CHAIN);
    assertThat(early).containsExactly("first");

    RunLab other = new RunLab();
    other.unitTakes = Duration.ofMillis(10);
    other.commitsHang = true;
    other.after(Duration.ofSeconds(5), other::commitsGoOn);
    other.window = 1;
    List<String> begun = new ArrayList<>();
    other.submitted = chunk -> begun.addAll(other.commitsHang ? List.of(chunk.step()) : List.of());
    other.run(
        p -> {
          Value<String> last = p.value("x");
          for (int i = 0; i < 200; i++) {
            last = p.step("step" + i, task((String x) -> x + ".").named("step"), last);
          }
        });
    assertThat(begun).as("a second's work").hasSize(101);
  }

  @Test
  void run_fewUnits_comeOneAfterTheOther() {
    lab.handsOnFrom = 4;
    run(CHAIN);
    assertThat(early).containsExactly("first");

    RunLab other = new RunLab();
    other.handsOnFrom = 3;
    other.commitsHang = true;
    other.after(Duration.ofSeconds(5), other::commitsGoOn);
    List<String> begun = new ArrayList<>();
    other.submitted = chunk -> begun.addAll(other.commitsHang ? List.of(chunk.step()) : List.of());
    other.run(CHAIN);
    assertThat(begun).containsExactly("first", "second");
  }

  /** FAULTS I2: a worker would find nothing there. */
  @Test
  void run_resultLiesInABlob_isTakenOnceItIsPublished() {
    lab.store.asBlobs = true;

    run(CHAIN);

    assertThat(early).containsExactly("first");
    assertThat(lab.executions).isEqualTo(Map.of("first", 1, "second", 1));
  }

  /** It may turn out that the result of another run was kept, and is this run's too. */
  @Test
  void run_resultTakesThePlaceOfAnother_isTakenOnceItIsKept() {
    lab.run(CHAIN);
    lab.codeVersions.put("second", "2");
    lab.options = RunOptions.DEFAULT.withRerun(Set.of("first"));

    run(CHAIN);

    assertThat(lab.modes).containsEntry("first", Mode.REPLACE);
    assertThat(early).containsExactly("first");
  }

  @Test
  void run_cacheIsRequired_nothingIsTakenThatIsNotKept() {
    lab.options = RunOptions.DEFAULT.withCache(CacheMode.REQUIRE);

    RunLab.Result result = run(CHAIN);

    assertThat(early).containsExactly("first");
    assertThat(result.summary().exitCode()).isZero();
  }

  /** FAULTS I8: a disk that hangs must not fill the memory. */
  @Test
  void run_muchWaitsToBeKept_theRestWaitsToo() {
    RunLab.Result result = run(SEVENTY);

    assertThat(early)
        .contains("big:0", "big:69", "small:0", "small:60")
        .doesNotContain("small:64", "small:69")
        .doesNotHaveDuplicates();
    assertThat(result.summary().exitCode()).isZero();
    assertThat(lab.executions).hasSize(141).allSatisfy((unit, times) -> assertThat(times).isOne());
  }

  /** Nothing can be made again that is being committed: it is made again afterwards. */
  @Test
  void run_resultIsNoValueForWhatTakesItEarly_isMadeAgainOnceItIsKept() {
    AttemptResult unreadable =
        new AttemptResult.InputUnreadable(
            0,
            Hasher.of("lab").putBytes(RunLab.encode("1x")).finish(),
            "argument 1 cannot be decoded",
            0,
            Bytes.EMPTY);
    lab.meddle = (unit, attempt) -> unit.equals("second") && attempt == 1 ? unreadable : null;

    RunLab.Result result = run(CHAIN);

    assertThat(early).containsExactly("first", "second");
    assertThat(result.summary().message()).isEmpty();
    assertThat(result.outcome("first")).startsWith("RAN BLOB_CORRUPT");
    assertThat(lab.modes).containsEntry("first", Mode.MAKE_GOOD).containsEntry("second", Mode.NEW);
    assertThat(lab.executions).isEqualTo(Map.of("first", 2, "second", 1));
  }

  /** FAULTS I8: nobody makes again what will not be kept, and nobody waits for it. */
  @Test
  void run_cancelledWhileThatWaits_endsInTimeAndInOrder() {
    AttemptResult unreadable =
        new AttemptResult.InputUnreadable(
            0, Hasher.of("lab").putBytes(RunLab.encode("1x")).finish(), "no value", 0, Bytes.EMPTY);
    lab.meddle = (unit, attempt) -> unit.equals("second") ? unreadable : null;
    lab.commitsHang = true;

    RunLab.Result result =
        lab.run(
            Pipeline.define("lab", CHAIN).graph(),
            loop -> lab.after(Duration.ofSeconds(1), loop::cancel));

    assertThat(result.summary().exitCode()).isEqualTo(8);
    assertThat(result.outcome("first")).isEqualTo("RAN NO_ENTRY");
    assertThat(result.outcome("second")).startsWith("CANCELLED");
  }

  /** After a kill it finds what it took before, and does not happen again with another value. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void run_sideEffectTakesOrFollows_happensOnceThatIsKept(boolean takes) {
    run(
        p -> {
          Value<String> token =
              p.step("token", task((String x) -> "1" + x).named("token"), p.value("x"));
          Value<Receipt> paid =
              p.step("pay", action((String x) -> {}).named("pay"), takes ? token : p.value("y"));
          if (!takes) {
            p.after(paid, token);
          }
        });

    assertThat(early).containsExactly("token");
    assertThat(lab.executions).isEqualTo(Map.of("token", 1, "pay", 1));
  }

  /**
   * An input was lost, and is another now that it was made again. What was made of the one before
   * is not given to somebody who gets what was made of the new one.
   */
  @Test
  void run_resultIsOutdatedWhenItComes_isNotTakenTogetherWithNewOnes() {
    for (int seed = 0; seed < 300; seed++) {
      RunLab chaotic = new RunLab();
      chaotic.chaos = new Random(seed);
      AtomicInteger times = new AtomicInteger();
      chaotic.meddle =
          (unit, attempt) ->
              unit.equals("q") && attempt == 1
                  ? new AttemptResult.InputUnreadable(
                      0,
                      Hasher.of("lab").putBytes(RunLab.encode("1")).finish(),
                      "no value",
                      0,
                      Bytes.EMPTY)
                  : null;

      RunLab.Result result =
          chaotic.run(
              p -> {
                Value<String> u =
                    p.step(
                        "u",
                        task((String x) -> String.valueOf(times.incrementAndGet())).named("u"),
                        p.value("x"));
                Value<String> first = p.step("p", task((String x) -> x).named("p"), u);
                Value<String> second = p.step("q", task((String x) -> x).named("q"), u);
                p.step("d", task(HandOnTest::same).named("d"), first, second);
              });

      assertThat(result.summary().message()).as("seed %s", seed).isEmpty();
    }
  }

  private static String same(String one, String other) {
    if (!one.equals(other)) {
      throw new IllegalStateException(one + " is of another time than " + other);
    }
    return one;
  }

  /** FAULTS I3. */
  @Test
  void run_resultCannotBeKept_whatTookItCounts() {
    lab.submitted = chunk -> lab.index.broken = true;

    RunLab.Result result = lab.run(CHAIN);

    assertThat(result.summary().exitCode()).isZero();
    assertThat(lab.executions).isEqualTo(Map.of("first", 1, "second", 1));
    assertThat(lab.warnings)
        .anyMatch(warning -> warning.startsWith("NOT_KEPT the result of 'first'"));
  }

  /** A fan-out, too, and steps that take only a part of it. */
  @Test
  void run_fanOut_itsStepsGetTheirUnitsBeforeItIsKept() {
    run(
        p -> {
          Partitions<String> names =
              p.fanOut("names", task((Integer n) -> names(n)).named("names"), p.value(3));
          p.perPartition("each", task((String x) -> x + "!").named("each"), names);
        });

    assertThat(early).containsExactlyInAnyOrder("names", "each:0", "each:1", "each:2");
  }

  /** FAULTS I3. What was kept while a plan took long has been answered, and is no silence. */
  @Test
  void run_planTakesLongWhileAResultIsKept_nobodyIsGivenUp() {
    lab.index.lookingUp = () -> lab.pass(Patience.COMMIT);

    RunLab.Result result = lab.run(CHAIN);

    assertThat(result.summary().state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(lab.warnings).isEmpty();
    assertThat(lab.index.entries).hasSize(2);
  }
}
