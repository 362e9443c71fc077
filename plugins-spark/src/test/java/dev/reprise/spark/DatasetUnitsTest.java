package dev.reprise.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.codec.TableStream;
import dev.reprise.cache.store.DamagedBlobException.Damage;
import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.store.LayeredResultStore;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.store.ResultStore.Presence;
import dev.reprise.cache.testing.Shows;
import dev.reprise.executor.Argument;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Cancelled;
import dev.reprise.executor.AttemptResult.InputDamaged;
import dev.reprise.executor.AttemptResult.Lost;
import dev.reprise.executor.AttemptResult.Success;
import dev.reprise.executor.AttemptResult.UserError;
import dev.reprise.executor.ExecutorFactory.Setting;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.testing.ContractHarness;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntPredicate;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Steps on datasets, computed by executors in processes of their own that come to harm. */
@Timeout(240)
class DatasetUnitsTest extends ContractHarness {
  private static SparkContext users;

  @BeforeAll
  @Timeout(240)
  static void start() {
    users = TestCluster.start();
  }

  @AfterAll
  static void stop() {
    users.stop();
  }

  @Override
  protected TaskExecutor open(Setting setting) {
    return new SparkExecutorFactory().open(setting);
  }

  @Override
  protected Duration patience() {
    return Duration.ofSeconds(200);
  }

  @Override
  protected Map<String, String> options() {
    return Map.of("spark.grace", "2s");
  }

  private TaskCode code(String method) {
    return work.inlineLimit(0).code(FaultDatasets.class, method);
  }

  private long rows(Success success) throws IOException {
    long rows = 0;
    for (PartitionRef piece : success.manifest().partitions()) {
      try (TableStream stream = TableStream.open(store.read(piece.location()), any -> true)) {
        while (stream.next()) {
          rows += stream.batch().getRowCount();
        }
      }
    }
    return rows;
  }

  @Test
  void run_tableMadeAndCutAnew_isTheSameContentInOtherPieces() throws Exception {
    Success numbers = succeed(code("numbers"));
    assertThat(numbers.manifest().shape()).isEqualTo(Shape.PIECES);
    assertThat(numbers.manifest().partitions()).hasSize(2);
    assertThat(numbers.durationNanos()).isPositive();
    assertThat(rows(numbers)).isEqualTo(10_000);

    Argument table = new Argument.Pieces(numbers.manifest().partitions());
    Success cut = succeed(code("cut"), table, 3);

    assertThat(cut.manifest().partitions()).hasSize(3);
    assertThat(cut.manifest().content()).isEqualTo(numbers.manifest().content());
    assertThat(work.value(partition(succeed(code("count"), table)))).isEqualTo(10_000L);
  }

  @Test
  @Shows("Fault 43")
  void jobs_ofAUnit_haveItsNameAndAGroupOfTheirOwn() throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onJobStart(SparkListenerJobStart start) {
            seen.add(
                start.properties().getProperty("spark.jobGroup.id", "")
                    + " "
                    + start.properties().getProperty("spark.job.description", ""));
          }
        };
    users.addSparkListener(listener);
    long attempt = submit(code("numbers"));
    answers.await(attempt);
    for (int i = 0; i < 500 && seen.stream().noneMatch(job -> job.endsWith("numbers")); i++) {
      Thread.sleep(10);
    }
    users.removeSparkListener(listener);

    assertThat(seen)
        .anyMatch(job -> job.matches("reprise/r1/attempt-" + attempt + "/[0-9a-f]{8} numbers"));
  }

  @Test
  @Shows("Fault 5")
  void run_executorHaltsInTheMiddleOfAPartition_resultIsWholeAndOneSet() throws Exception {
    Success success = succeed(code("haltOnce"), folder.resolve("mark").toString());

    assertThat(rows(success)).isEqualTo(10_000);
    assertThat(success.manifest().partitions()).hasSize(2);
    assertThat(success.manifest().content())
        .isNotEqualTo(success.manifest().partitions().get(0).content());
  }

  /** Fault 20. */
  @Test
  void run_diskHasLessThanTheDriversFloor_executorsKeepToItAndSayWhatToDo() throws Exception {
    FileResultStore full =
        FileResultStore.open(store.folder(), FileResultStore.Settings.ofWorker(1L << 60));
    Setting setting = new Setting("r2", full, full.folder(), 0, new TreeMap<>(options()));
    TaskCode numbers = code("numbers");
    TaskCode seven = work.inlineLimit(0).code(FaultTasks.class, "sleepIfNegative");
    try (TaskExecutor onFull = open(setting)) {
      WorkChunk table = work.unit(numbers);
      onFull.submit(table, answers);
      assertThat(answers.await(table.units().get(0).attempt()))
          .as("not lost: it would be so the next time, too")
          .isInstanceOfSatisfying(
              UserError.class,
              told ->
                  assertThat(told.error().toString())
                      .contains("less than the floor of 1099511627776 MiB")
                      .contains("--store", "store-free-space-floor"));

      WorkChunk value = work.unit(seven, 7);
      onFull.submit(value, answers);
      assertThat(answers.await(value.units().get(0).attempt()))
          .isInstanceOfSatisfying(
              Success.class,
              told ->
                  assertThat(told.notKept()).contains("less than the floor of 1099511627776 MiB"));
    }
    assertThat(temporaries()).isZero();
  }

  @Test
  void run_userCodeThrowsOnAnExecutor_isTheUsersError() throws Exception {
    AttemptResult result = run(code("failing"));

    assertThat(((UserError) result).error().toString()).contains("no such month");
    assertThat(((UserError) result).notKept()).as("the user's own").isNull();
    assertThat(temporaries()).isZero();
  }

  @Test
  void run_queryFails_isTheUsersErrorWithSparksWords() throws Exception {
    AttemptResult result = run(code("divideByZero"));

    assertThat(((UserError) result).error().toString()).contains("DIVIDE_BY_ZERO");
    assertThat(((UserError) result).notKept()).as("Spark threw it").isNotNull();
  }

  /** Fault 55. */
  @Test
  void run_everyExecutorIsLost_unitIsLost() throws Exception {
    AttemptResult result = run(code("haltAlways"));

    assertThat(((Lost) result).why()).contains("ExecutorLostFailure");
    assertThat(succeed(code("numbers"))).isNotNull();
  }

  @Test
  @Shows("Fault 49")
  void cancel_unitThatComputes_endsItsJobsSoon() throws Exception {
    long attempt = submit(code("endless"));
    answers.awaitStart(attempt);
    awaitJobs("the unit to start a job", jobs -> jobs > 0);

    executor.cancel(new long[] {attempt});

    assertThat(answers.await(attempt)).isInstanceOf(Cancelled.class);
    awaitJobs("the jobs of the cancelled unit to end", jobs -> jobs == 0);
  }

  @Test
  void cancel_unitThatWaitsForItsTurn_isAnsweredAtOnceAndTheOneThatRunsGoesOn() throws Exception {
    Setting one = new Setting("r2", store, store.folder(), 1, new TreeMap<>(options()));
    try (TaskExecutor bounded = open(one)) {
      WorkChunk runs = work.unit(code("endless"));
      WorkChunk waits = work.unit(code("numbers"));
      bounded.submit(runs, answers);
      answers.awaitStart(runs.units().get(0).attempt());
      bounded.submit(waits, answers);

      bounded.cancel(new long[] {waits.units().get(0).attempt()});

      assertThat(answers.await(waits.units().get(0).attempt())).isInstanceOf(Cancelled.class);
      assertThat(answers.hasStarted(waits.units().get(0).attempt())).isFalse();
      assertThat(answers.has(runs.units().get(0).attempt())).isFalse();
    }
    assertThat(answers.count()).as("the end answers the other").isEqualTo(2);
  }

  private static void awaitJobs(String what, IntPredicate condition) throws Exception {
    Instant end = Instant.now().plusSeconds(60);
    int jobs = users.statusTracker().getActiveJobIds().length;
    while (!condition.test(jobs)) {
      assertThat(Instant.now())
          .as("still waiting for %s, with %s jobs active", what, jobs)
          .isBefore(end);
      Thread.sleep(10);
      jobs = users.statusTracker().getActiveJobIds().length;
    }
  }

  /** FAULTS row 23: executors know of a store that is only read by the one above it. */
  @Test
  void run_storeAboveOneThatIsOnlyRead_readsBothAndWritesAbove() throws Exception {
    Success numbers = succeed(code("numbers"));
    List<PartitionRef> pieces = new ArrayList<>();
    for (PartitionRef piece : numbers.manifest().partitions()) {
      pieces.add(piece.at(store.publish((Location.Pending) piece.location())));
    }
    executor.close();
    Files.move(store.folder().resolve("tmp"), folder.resolve("away"));
    Files.writeString(store.folder().resolve("tmp"), "in the way");
    FileResultStore above =
        FileResultStore.openOrMake(folder.resolve("above"), FileResultStore.Settings.STANDARD);
    ResultStore both = LayeredResultStore.put(above, store);

    executor = open(new Setting("r1", both, above.folder(), 0, new TreeMap<>(options())));
    Success cut = succeed(code("cut"), new Argument.Pieces(pieces), 3);

    assertThat(cut.manifest().content()).isEqualTo(numbers.manifest().content());
    assertThat(cut.manifest().partitions())
        .hasSize(3)
        .allSatisfy(
            piece ->
                assertThat(above.presence((Location.Pending) piece.location()))
                    .isEqualTo(Presence.PRESENT));
  }

  /** FAULTS row 23: as on other machines, which have not the driver's temporary folder. */
  @Test
  void run_executorsHaveTheStoreBelowAlone_readItAndKeepValuesInMemory() throws Exception {
    Success numbers = succeed(code("numbers"));
    List<PartitionRef> pieces = new ArrayList<>();
    for (PartitionRef piece : numbers.manifest().partitions()) {
      pieces.add(piece.at(store.publish((Location.Pending) piece.location())));
    }
    executor.close();
    FileResultStore above =
        FileResultStore.openOrMake(folder.resolve("above"), FileResultStore.Settings.STANDARD);
    ResultStore both = LayeredResultStore.put(above, store);
    executor = open(new Setting("r1", both, above.folder(), 0, new TreeMap<>(options())));
    executor.start();
    Files.move(above.folder(), folder.resolve("of another machine"));

    assertThat(work.value(partition(succeed(code("count"), new Argument.Pieces(pieces)))))
        .isEqualTo(10_000L);
    Success text = succeed(work.inlineLimit(0).code(FaultTasks.class, "text"), 5000);
    assertThat(work.value(partition(text))).isEqualTo("x".repeat(5000));
    assertThat(text.notKept()).contains(above.folder() + ", which is not on", "--store");
    assertThat(run(code("numbers")))
        .as("not lost: it would be so the next time, too")
        .isInstanceOfSatisfying(
            UserError.class,
            told ->
                assertThat(told.error().toString())
                    .contains("the result, a table, cannot be kept", "which is not on", "--store"));
  }

  @Test
  void run_pieceOfAnInputIsDamaged_isToldWithItsBlob() throws Exception {
    Success numbers = succeed(code("numbers"));
    List<PartitionRef> pieces = new ArrayList<>();
    for (PartitionRef piece : numbers.manifest().partitions()) {
      pieces.add(piece.at(store.publish((Location.Pending) piece.location())));
    }
    Location.Stored damaged = (Location.Stored) pieces.get(1).location();
    store.delete(damaged.blob().address());

    AttemptResult result = run(code("count"), new Argument.Pieces(pieces));

    assertThat(result)
        .isInstanceOfSatisfying(
            InputDamaged.class,
            told -> {
              assertThat(told.blob()).isEqualTo(damaged.blob());
              assertThat(told.damage()).isEqualTo(Damage.MISSING);
              assertThat(told.why()).contains("is missing from the store");
              assertThat(told.why()).as("the machine, once").containsOnlyOnce(" (on ");
            });
  }
}
