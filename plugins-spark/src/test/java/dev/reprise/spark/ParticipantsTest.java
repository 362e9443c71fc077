package dev.reprise.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.cache.base.Ticker;
import dev.reprise.spark.Participants.Moment;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who ran tasks while a unit ran: FAULTS rows 60 and 61 hang on it. */
@Timeout(60)
class ParticipantsTest {
  private static final Duration MOST = Duration.ofSeconds(20);

  /** What Spark calls the executor in the driver's process. */
  private static final String HERE = "driver";

  private SparkContext spark;
  private Participants participants;

  @BeforeEach
  void start() {
    spark =
        new SparkContext(
            new SparkConf()
                .setMaster("local[2]")
                .setAppName("tests")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.driver.bindAddress", "127.0.0.1")
                .set("spark.scheduler.listenerbus.eventqueue.reprise.capacity", "10"));
    participants = Participants.of(spark, Ticker.system());
  }

  @AfterEach
  void stop() {
    participants.close();
    spark.stop();
  }

  private void job() {
    JavaSparkContext.fromSparkContext(spark).parallelize(List.of(1, 2), 2).count();
  }

  @Test
  void since_jobRan_areItsExecutors() throws Exception {
    Moment begin = participants.now();
    job();

    assertThat(participants.since(begin, MOST)).containsExactly(HERE);
    assertThat(participants.since(participants.now(), MOST)).isEmpty();
  }

  @Test
  void since_userCodeSetsAJobGroupOfItsOwn_areItsExecutorsAllTheSame() throws Exception {
    Moment begin = participants.now();
    spark.setJobGroup("mine", "a function sets it", false);
    job();

    assertThat(participants.since(begin, MOST)).containsExactly(HERE);
  }

  @Test
  void since_userCodeStartsJobsOnThreadsOfAPool_areItsExecutorsAllTheSame() throws Exception {
    Moment begin = participants.now();
    ForkJoinPool.commonPool().submit(this::job).get();

    assertThat(participants.since(begin, MOST)).containsExactly(HERE);
  }

  @Test
  void since_onlyTasksThatCompareTheCodeThemselves_isNobody() throws Exception {
    Moment begin = participants.now();
    spark.setLocalProperty(TaskWatch.BATCH, TaskWatch.QUESTION);
    job();

    assertThat(participants.since(begin, MOST)).isEmpty();
  }

  @Test
  void since_sparkLeftEventsOut_isUnknownAndSaysWhatToDo() throws Exception {
    Moment begin = participants.now();
    synchronized (participants) {
      for (int i = 0; i < 10; i++) {
        job();
      }
    }

    assertThatExceptionOfType(UnknownCodeException.class)
        .isThrownBy(() -> participants.since(begin, MOST))
        .withMessageContaining("left out")
        .withMessageContaining("spark.scheduler.listenerbus.eventqueue.reprise.capacity");
  }

  @Test
  void since_sparkDoesNotTellInTime_isUnknown() throws Exception {
    Moment begin = participants.now();
    synchronized (participants) {
      job();
      // Another thread, as this one may always enter what it holds.
      assertThat(
              ForkJoinPool.commonPool()
                  .submit(
                      () -> {
                        assertThatExceptionOfType(UnknownCodeException.class)
                            .isThrownBy(() -> participants.since(begin, Duration.ofMillis(300)))
                            .withMessageContaining("has not told");
                        return true;
                      })
                  .get())
          .isTrue();
    }
  }
}
