package dev.reprise.run;

import static dev.reprise.run.LabPipelines.MEBIBYTE;
import static dev.reprise.run.LabPipelines.months;
import static dev.reprise.run.LabPipelines.names;
import static dev.reprise.run.LabPipelines.seventyMebibytes;
import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline;
import dev.reprise.api.Value;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.claim.Claims;
import dev.reprise.cache.commit.CommitRequest.Mode;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.DamagedBlobException.Damage;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.executor.AttemptResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Inputs that are lost, damaged or no values any more are made again while the run goes on. */
class HealingTest {
  private final RunLab lab = new RunLab();

  @Test
  void run_inputBlobDamaged_whatMadeItRunsAgain() {
    lab.store.asBlobs = true;
    lab.run(months(3, 1));
    byte[] blob = lab.store.blobs.get(LabStore.address(RunLab.encode("m1")));
    blob[0] ^= 1;
    var result = lab.run(months(3, 2));
    assertThat(result.summary().state()).isEqualTo(RunState.SUCCEEDED);
    // The element of 'source' has the same bytes as the result of 'clean', so both lost their blob,
    // and neither entry is trusted before it is made again.
    assertThat(lab.executions.keySet())
        .containsExactlyInAnyOrder(
            "source", "clean:1", "count:0", "count:1", "count:2", "total", "report");
    assertThat(result.outcome("source")).startsWith("RAN BLOB_MISSING(blob ");
  }

  @Test
  void run_inputBlobMissing_healsAndRunSucceeds() {
    lab.store.asBlobs = true;
    lab.run(months(3, 1));
    lab.store.blobs.remove(LabStore.address(RunLab.encode("m0>1")));
    lab.codeVersions.put("total", "2");
    var result = lab.run(months(3, 1));
    assertThat(result.summary().state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(result.outcome("count:0")).startsWith("RAN BLOB_MISSING(blob ");
    assertThat(lab.executions.keySet()).containsExactlyInAnyOrder("count:0", "total");
  }

  /** FAULTS I3: what is damaged runs again, wherever it lies. */
  @Test
  void run_inputIsDamagedThatIsNotPublished_whatMadeItRunsAgain() {
    lab.store.asBlobs = true;
    lab.commitsHang = true;
    lab.meddle =
        (unit, attempt) -> {
          if (unit.equals("report")) {
            byte[] total = RunLab.encode("m0>1,m1>1");
            lab.store.pending.replaceAll(
                (name, bytes) ->
                    attempt == 1 && Arrays.equals(bytes, total) ? new byte[] {1} : bytes);
          }
          return null;
        };
    var result = lab.run(months(2, 1));
    assertThat(result.summary().message()).isEmpty();
    assertThat(result.outcome("total")).startsWith("RAN BLOB_CORRUPT(blob ");
    assertThat(lab.executions).containsEntry("total", 2).containsEntry("report", 1);
  }

  /** FAULTS I1, I3: as in a store that is read-only by now. */
  @Test
  void run_damagedBlobCannotBeSetAside_isMadeAgainAndServedFromElsewhere() {
    lab.store.asBlobs = true;
    lab.store.quarantineFails = true;
    lab.run(months(2, 1));
    lab.store.blobs.get(LabStore.address(RunLab.encode("m0>1,m1>1")))[0] ^= 1;
    lab.codeVersions.put("report", "2");
    var result = lab.run(months(2, 1));
    assertThat(result.summary().message()).isEmpty();
    assertThat(lab.executions.keySet()).containsExactlyInAnyOrder("total", "report");
    assertThat(lab.executions).containsEntry("total", 1);
    assertThat(lab.warnings)
        .anyMatch(w -> w.startsWith("NOT_KEPT the result of 'total' is not kept: a damaged blob"));
  }

  /** FAULTS I3, I8: a look-up does not read all of an entry, so it finds what cannot be read. */
  @Test
  void run_entryIsFoundAndCannotBeRead_isMadeAgainWhateverOthersLetGo() {
    lab.run(months(2, 1));
    lab.codeVersions.put("report", "2");
    lab.index.entries.values().stream()
        .filter(entry -> entry.origin().step().equals("total"))
        .forEach(entry -> lab.index.unreadable.add(entry.key()));

    var result =
        lab.run(
            Pipeline.define("lab", months(2, 1)).graph(),
            loop -> {
              var any = lab.claims.claim(Hasher.of("any").finish(), "run other", Duration.ZERO);
              lab.claims.release(((Claims.Outcome.Granted) any).claim());
            });

    assertThat(result.summary().message()).isEmpty();
    assertThat(result.outcome("total")).isEqualTo("RAN NO_ENTRY(its entry is gone)");
    assertThat(lab.executions).isEqualTo(Map.of("total", 1, "report", 1));
  }

  /** FAULTS I1, I5: what another run lets go of without making it is still the lost one. */
  @Test
  void run_lostResultIsClaimedByAnotherRun_isMadeAgainWhenItLetsGo() {
    lab.run(months(2, 1));
    lab.codeVersions.put("total", "2");
    var graph = Pipeline.define("lab", months(2, 1)).graph();
    var held = new ArrayList<Claims.Claim>();
    var running = new AtomicReference<RunLoop>();
    lab.meddle =
        (unit, attempt) -> {
          if (!unit.equals("total") || attempt > 1) {
            return null;
          }
          RunView view = running.get().view();
          var key = view.key(view.firstUnit(graph.find("count").orElseThrow().id())).orElseThrow();
          held.add(
              ((Claims.Outcome.Granted) lab.claims.claim(key, "run other", Duration.ofSeconds(60)))
                  .claim());
          lab.later(() -> lab.claims.release(held.get(0)));
          return unreadable();
        };
    var result = lab.run(graph, running::set);
    assertThat(result.summary().message()).isEmpty();
    assertThat(lab.warnings).anyMatch(w -> w.contains("'count:0' waits for run other"));
    assertThat(lab.executions).containsEntry("count:0", 1).containsEntry("total", 1);
  }

  /**
   * FAULTS I1, I3: another run of the driver made it again, a table perhaps, which is cut otherwise
   * each time; what this run knew of it has left memory.
   */
  @Test
  void run_lostInputHasOtherBytesByNow_theNextAttemptGetsThose() {
    // Fifteen of these are more than memory takes, and twelve leave no room for the other one.
    int size = (int) (Manifests.MOST_BYTES / 12) - 800;
    Pipeline.Definition definition =
        p -> {
          Value<String> small =
              p.step("small", task((String x) -> x + "!").named("small"), p.value("s"));
          Partitions<String> big =
              p.perPartition(
                  "big",
                  task((String x) -> x + "#".repeat(size - x.length())).named("big"),
                  p.fanOut("names", task((Integer n) -> names(n)).named("names"), p.value(15)));
          p.step("total", task((String x, List<String> all) -> x).named("total"), small, big.all());
        };
    lab.meddle =
        (unit, attempt) -> {
          lab.store.asBlobs = unit.equals("small");
          return null;
        };
    lab.run(definition);
    lab.codeVersions.put("total", "2");
    lab.meddle = (unit, attempt) -> unit.equals("total") && attempt == 1 ? madeElsewhere() : null;
    var result = lab.run(definition);
    assertThat(result.summary().message()).isEmpty();
    assertThat(lab.executions).containsOnlyKeys("total").containsEntry("total", 1);
    assertThat(lab.attempts("total")).isEqualTo(2);
  }

  /** Puts the result of "small" into another blob; what an attempt says that looked for the old. */
  private AttemptResult madeElsewhere() {
    CacheEntry entry =
        lab.index.entries.values().stream()
            .filter(each -> each.origin().step().equals("small"))
            .findFirst()
            .orElseThrow();
    PartitionRef before = entry.manifest().partitions().get(0);
    BlobRef old = ((Location.Stored) before.location()).blob();
    lab.store.blobs.remove(old.address());
    PartitionRef now =
        before.at(lab.store.publish(lab.store.pending(RunLab.encode("s! in other pieces"))));
    lab.index.entries.put(
        entry.key(), new CacheEntry(entry.key(), Manifest.one(now), entry.origin(), 2, 0));
    return new AttemptResult.InputDamaged(old, Damage.MISSING, "gone", 0, Bytes.EMPTY);
  }

  /** FAULTS I8: a result that is lost however often it is made has another fault. */
  @Test
  void run_inputIsLostHoweverOftenItIsMade_failsAndSaysWhatIsWrong() {
    lab.store.asBlobs = true;
    lab.meddle =
        (unit, attempt) -> {
          if (unit.equals("report")) {
            lab.store.blobs.remove(LabStore.address(RunLab.encode("m0>1,m1>1")));
          }
          return null;
        };
    var result = lab.run(months(2, 1));
    assertThat(result.summary().message())
        .startsWith(
            "'report' failed: an input cannot be read, not even after it was made again: blob")
        .contains("is MISSING");
    assertThat(lab.executions).containsEntry("total", 4).doesNotContainKey("report");
  }

  @Test
  void run_inputIsNoValueAnyMore_isMadeAgainOnceAndTakesItsPlace() {
    lab.run(months(2, 1));
    lab.codeVersions.put("total", "2");
    lab.meddle = (unit, attempt) -> unit.equals("total") && attempt == 1 ? unreadable() : null;
    var result = lab.run(months(2, 1));
    assertThat(result.summary().state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(result.outcome("count:0")).startsWith("RAN BLOB_CORRUPT").contains("no such enum");
    assertThat(lab.executions.keySet()).containsExactlyInAnyOrder("count:0", "total");
    assertThat(lab.modes).containsEntry("count:0", Mode.MAKE_GOOD).containsEntry("total", Mode.NEW);
  }

  /** FAULTS I3: however many results there are, also if memory cannot hold their manifests. */
  @Test
  void run_oneOfMoreInputsThanMemoryHoldsIsNoValue_isFoundAndMadeAgain() {
    Pipeline.Definition definition = seventyMebibytes();
    lab.run(definition);
    lab.codeVersions.put("total", "2");
    AttemptResult tenthIsNoValue =
        new AttemptResult.InputUnreadable(
            0,
            Hasher.of("lab").putBytes(RunLab.encode("m10" + MEBIBYTE)).finish(),
            "argument 1 cannot be decoded",
            0,
            Bytes.EMPTY);
    lab.meddle = (unit, attempt) -> unit.equals("total") && attempt == 1 ? tenthIsNoValue : null;
    var result = lab.run(definition);
    assertThat(result.summary().message()).isEmpty();
    assertThat(lab.executions).containsExactlyInAnyOrderEntriesOf(Map.of("big:10", 1, "total", 1));
  }

  @Test
  void run_inputIsNoValueHoweverOftenItIsMade_failsAndSaysWhy() {
    lab.meddle = (unit, attempt) -> unit.equals("total") ? unreadable() : null;
    var result = lab.run(months(2, 1));
    assertThat(result.summary().state()).isEqualTo(RunState.FAILED);
    assertThat(result.summary().message()).contains("no such enum constant");
    assertThat(lab.executions).containsEntry("count:0", 2).containsEntry("count:1", 1);
  }

  /**
   * Both have the same content, and the one that was made again is not the one that is no value.
   */
  @Test
  void run_twoInputsAreEqualAndOneWasMadeAgain_theOtherIsMadeAgain() {
    Pipeline.Definition definition =
        p -> {
          Value<String> a = p.step("a", task((String x) -> "m0>1").named("a"), p.value("1"));
          Value<String> b = p.step("b", task((String x) -> "m0>1").named("b"), p.value("2"));
          Value<String> first = p.step("first", task((String x) -> "f").named("first"), a);
          p.step(
              "second",
              task((String x, String y, String z) -> x + y + z).named("second"),
              a,
              b,
              first);
        };
    lab.meddle =
        (unit, attempt) ->
            (unit.equals("first") || unit.equals("second")) && attempt == 1 ? unreadable() : null;
    var result = lab.run(definition);
    assertThat(result.summary().message()).isEmpty();
    assertThat(lab.executions).containsEntry("a", 2).containsEntry("b", 2);
  }

  private static AttemptResult unreadable() {
    return new AttemptResult.InputUnreadable(
        0,
        Hasher.of("lab").putBytes(RunLab.encode("m0>1")).finish(),
        "argument 1 cannot be decoded: no such enum constant",
        0,
        Bytes.EMPTY);
  }

  @Test
  void run_healedResultDiffers_itsConsumersGetNewKeys() {
    lab.store.asBlobs = true;
    Pipeline.Definition definition =
        p -> {
          Value<String> dice =
              p.step("dice", task((String x) -> x + calls()).named("dice"), p.value("d"));
          Value<String> early =
              p.step("early", task((String d) -> "early " + d).named("early"), dice);
          p.step("late", task((String d, String e) -> d + " and " + e).named("late"), dice, early);
        };
    CALLS.set(0);
    lab.run(definition);
    lab.store.blobs.remove(LabStore.address(RunLab.encode("d1")));
    lab.codeVersions.put("late", "2");
    var result = lab.run(definition);
    assertThat(result.summary().state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(lab.executions.keySet()).containsExactlyInAnyOrder("dice", "early", "late");
    assertThat(lab.executions).containsEntry("late", 1);
  }

  /** FAULTS I1: what is found for the new key is what its consumers get. */
  @Test
  void run_healedResultDiffersAndWhatFollowsIsFound_consumersGetWhatIsFound() {
    lab.store.asBlobs = true;
    Pipeline.Definition definition =
        p -> {
          Value<String> dice =
              p.step("dice", task((String x) -> x + CALLS.get()).named("dice"), p.value("d"));
          Value<String> next = p.step("next", task((String d) -> "next " + d).named("next"), dice);
          Value<String> early =
              p.step("early", task((String n) -> "early " + n).named("early"), next);
          p.step("late", task((String d, String e) -> d + ", " + e).named("late"), dice, early);
        };
    CALLS.set(1);
    lab.run(definition);
    CALLS.set(2);
    lab.options = RunOptions.DEFAULT.withRerun(Set.of("dice"));
    lab.run(definition);
    lab.options = RunOptions.DEFAULT;
    lab.store.blobs.remove(LabStore.address(RunLab.encode("d2")));
    lab.codeVersions.put("early", "2");
    lab.codeVersions.put("late", "2");
    CALLS.set(1);
    var result = lab.run(definition);
    assertThat(result.summary().message()).isEmpty();
    assertThat(result.outcome("next")).isEqualTo("CACHED");
    assertThat(lab.executions)
        .containsExactlyInAnyOrderEntriesOf(Map.of("dice", 1, "early", 2, "late", 1));
    var view = result.view();
    var late = view.firstUnit(view.graph().find("late").orElseThrow().id());
    assertThat(view.content(late))
        .contains(Hasher.of("lab").putBytes(RunLab.encode("d1, early next d1")).finish());
  }

  private static final AtomicInteger CALLS = new AtomicInteger();

  private static int calls() {
    return CALLS.incrementAndGet();
  }
}
