package dev.reprise.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.base.ThreadAlarms;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.store.StorePlace;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Cancelled;
import dev.reprise.executor.AttemptResult.Lost;
import dev.reprise.executor.AttemptResult.Success;
import dev.reprise.executor.ExecutorFactory.Setting;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.TaskExecutor.AttemptListener;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.testing.Answers;
import dev.reprise.executor.testing.TestWork;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever goes wrong, every attempt is answered. */
@Timeout(120)
class DispatcherTest {
  @TempDir private Path folder;
  private final Answers answers = new Answers(Duration.ofSeconds(30));
  private TestWork work;
  private ThreadAlarms alarms;
  private final Places places = new Places(2);
  private SparkLink link;
  private Dispatcher dispatcher;

  @BeforeEach
  void start() throws Exception {
    FileResultStore store =
        FileResultStore.openOrMake(folder.resolve("store"), FileResultStore.Settings.STANDARD);
    work = new TestWork("r1", store, List.of());
    Setting setting =
        new Setting(
            "r1", store, store.folder(), 0, new TreeMap<>(Map.of("spark.master", "local[1]")));
    SparkSettings settings = SparkSettings.from(setting);
    link =
        SparkLink.open(
            settings,
            "r1",
            new StorePlace(store.folder().toString(), ""),
            DispatcherTest.class.getClassLoader());
    alarms = new ThreadAlarms("test-alarms");
    dispatcher = new Dispatcher(setting, settings, link, places, alarms, Ticker.system());
    dispatcher.start();
  }

  @AfterEach
  void stop() {
    dispatcher.close(Duration.ofSeconds(5).toNanos());
    link.close();
    alarms.close();
  }

  private WorkChunk unit() throws Exception {
    TaskCode code = work.code(FaultTasks.class, "sleepIfNegative");
    return work.unit(code, 1);
  }

  private AttemptResult answer(WorkChunk chunk) throws Exception {
    return answers.await(chunk.units().get(0).attempt());
  }

  /** As an embedded Spark does that is asked for two processors for each task. */
  @Test
  void submit_sparkThrowsAnExceptionThatJavaDoesNotDeclare_unitIsLostAndTheRunCanEnd()
      throws Exception {
    WorkChunk refused = unit();
    dispatcher.submit(refused, new Claim(2, new TreeMap<>()), answers);

    assertThat(((Lost) answer(refused)).why())
        .contains("Spark on local[1] cannot be given jobs", "run the same command again");
    assertThat(dispatcher.broken()).as("exit 4").contains("SparkException");

    WorkChunk later = unit();
    dispatcher.submit(later, Claim.NONE, answers);
    assertThat(answer(later)).isInstanceOf(Lost.class);
    assertThat(places.free()).as("for units on datasets, which may end the run").isEqualTo(2);
  }

  /** A listener that throws whatever it is told. */
  private static final AttemptListener BAD =
      new AttemptListener() {
        @Override
        public void started(long attempt) {
          throw new IllegalStateException("bad listener");
        }

        @Override
        public void finished(long attempt, AttemptResult result) {
          throw new IllegalStateException("bad listener");
        }
      };

  @Test
  void submit_aListenerThrows_theOtherUnitsRun() throws Exception {
    dispatcher.submit(unit(), Claim.NONE, BAD);
    WorkChunk good = unit();
    dispatcher.submit(good, Claim.NONE, answers);

    assertThat(answer(good)).isInstanceOf(Success.class);
    assertThat(dispatcher.broken()).isNull();
  }

  @Test
  void close_aListenerThrows_theOtherUnitsAreAnswered() throws Exception {
    WorkChunk endless = work.unit(work.code(FaultTasks.class, "sleepIfNegative"), -1);
    dispatcher.submit(unit(), Claim.NONE, BAD);
    dispatcher.submit(endless, Claim.NONE, answers);
    WorkChunk waits = unit();
    dispatcher.submit(waits, Claim.NONE, answers);

    dispatcher.close(Duration.ofSeconds(5).toNanos());

    assertThat(answer(endless)).isInstanceOf(Cancelled.class);
    assertThat(answer(waits)).isInstanceOf(Cancelled.class);
  }
}
