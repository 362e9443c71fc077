package dev.reprise.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.base.Saturating;
import dev.reprise.plan.Probing.Question;
import dev.reprise.plan.Probing.UnansweredException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ProbingTest {
  private final CountDownLatch never = new CountDownLatch(1);
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch interrupted = new CountDownLatch(1);
  private final AtomicInteger asked = new AtomicInteger();

  private String hang() throws InterruptedException {
    asked.incrementAndGet();
    begun.countDown();
    try {
      never.await();
    } catch (InterruptedException e) {
      interrupted.countDown();
      throw e;
    }
    return "";
  }

  @Test
  void ask_answersOrThrows_isHandedOnAsItIs() throws Exception {
    Probing probing = new Probing(Duration.ofMinutes(1));
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    AtomicReference<Thread> in = new AtomicReference<>();
    String answer =
        probing.ask(
            this,
            "x",
            () -> {
              in.set(Thread.currentThread());
              return "said";
            });
    assertThat(answer).isEqualTo("said");
    assertThat(in.get().isDaemon()).as("the process does not wait for it").isTrue();
    assertThat(in.get().getName()).isEqualTo("reprise-probe-x");
    assertThat(in.get().getContextClassLoader()).isSameAs(loader);
    assertThat(probing.<String>ask(this, "x", () -> null)).isNull();
    assertThatThrownBy(
            () ->
                probing.ask(
                    this,
                    "x",
                    () -> {
                      throw new IOException("gone");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("gone");
    assertThatThrownBy(
            () ->
                probing.ask(
                    this,
                    "x",
                    () -> {
                      throw new NoClassDefFoundError("a/B");
                    }))
        .isInstanceOf(NoClassDefFoundError.class);
  }

  @Test
  void ask_noAnswerInTime_isUnansweredInterruptedAndNotAskedAgain() throws Exception {
    Probing probing = new Probing(Duration.ofMillis(500));
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> probing.ask(this, "x", this::hang))
          .isInstanceOf(UnansweredException.class)
          .hasMessage("the probe did not answer within 500ms; probe-timeout gives it more time");
    }
    interrupted.await();
    assertThat(asked).hasValue(1);
    assertThat(new Probing(Duration.ofMinutes(1)).ask(this, "x", () -> "other")).isEqualTo("other");
  }

  @Test
  void begin_severalThatHang_haveOneLimitTogetherAndAreNamedMeanwhile() throws Exception {
    Probing probing = new Probing(Duration.ofDays(1));
    assertThat(probing.asked()).isEmpty();
    Question<String> first = probing.begin(this, "x", this::hang, Duration.ofMillis(20));
    Question<String> second = probing.begin("y", "y", this::hang, Duration.ofMillis(20));
    assertThat(probing.asked()).isEqualTo("'x', 'y'");
    for (Question<String> each : List.of(first, second)) {
      assertThatThrownBy(each::answer)
          .isInstanceOf(UnansweredException.class)
          .hasMessage(
              "the probe did not answer within 20ms; before results are kept none has more time");
    }
    assertThat(probing.asked()).isEmpty();
    assertThatThrownBy(probing.begin(this, "x", this::hang, Duration.ofDays(1))::answer)
        .hasMessageContaining("within 20ms");
  }

  private List<Question<String>> begin(Probing probing, int count, Callable<String> probe) {
    List<Question<String>> questions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      questions.add(probing.begin(new Object(), "p" + i, probe, Saturating.LONGEST));
    }
    return questions;
  }

  /** What they look at may refuse more, and what is done would be done again. */
  @Test
  void begin_many_areAskedSixteenAtATimeAndAllAnswer() throws Exception {
    Probing probing = new Probing(Duration.ofMinutes(1));
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicInteger open = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Question<String>> questions =
        begin(
            probing,
            400,
            () -> {
              most.accumulateAndGet(open.incrementAndGet(), Math::max);
              goOn.await();
              open.decrementAndGet();
              return "said";
            });
    assertThat(probing.asked().split(", ")).hasSize(16);
    goOn.countDown();
    for (Question<String> each : questions) {
      assertThat(each.answer()).isEqualTo("said");
    }
    assertThat(most.get()).isBetween(1, 16);
    assertThat(probing.asked()).isEmpty();
  }

  @Test
  void begin_manyAndFifteenHang_theOthersAreAskedAllTheSame() throws Exception {
    Probing probing = new Probing(Duration.ofMillis(500));
    List<Question<String>> hang = begin(probing, 15, this::hang);
    List<Question<String>> answer = begin(probing, 100, () -> "said");
    for (Question<String> each : hang) {
      assertThatThrownBy(each::answer).hasMessageContaining("did not answer within 500ms");
    }
    for (Question<String> each : answer) {
      assertThat(each.answer()).isEqualTo("said");
    }
  }

  /** Effects that are done would be done again, as others hang that come before them. */
  @Test
  void begin_sixteenHang_thoseAfterThemAreAskedAllTheSame() throws Exception {
    Probing probing = new Probing(Duration.ofMillis(500));
    List<Question<String>> hang = begin(probing, 16, this::hang);
    List<Question<String>> more = begin(probing, 10, this::hang);
    List<Question<String>> answer = begin(probing, 30, () -> "said");
    for (Question<String> each : answer) {
      assertThat(each.answer()).isEqualTo("said");
    }
    for (Question<String> each : hang) {
      assertThatThrownBy(each::answer).hasMessageContaining("did not answer within 500ms; probe");
    }
    for (Question<String> each : more) {
      assertThatThrownBy(each::answer).hasMessageContaining("did not answer within 500ms; probe");
    }
    assertThat(asked).hasValue(26);
  }

  @Test
  void begin_manyThatHang_haveTwoLimitsTogether() throws Exception {
    Probing probing = new Probing(Duration.ofMillis(100));
    assertThatThrownBy(begin(probing, 1, this::hang).get(0)::answer)
        .as("asked for itself, so it does not count for those after it")
        .isInstanceOf(UnansweredException.class);
    List<Question<String>> questions = begin(probing, 400, this::hang);
    List<String> said = new ArrayList<>();
    for (Question<String> each : questions) {
      said.add(ask(each));
    }
    assertThat(asked.get()).isBetween(1 + 17, 1 + 32);
    assertThat(said)
        .filteredOn(
            "the probe was not asked, since 16 others did not answer within 100ms, nor any after them; probe-timeout gives it more time"
                ::equals)
        .hasSizeBetween(400 - 32, 400 - 17);
    assertThat(begin(probing, 1, () -> "said").get(0).answer()).isEqualTo("said");
  }

  private static String ask(Question<String> question) throws Exception {
    try {
      return question.answer();
    } catch (UnansweredException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void begin_manyThatHangAndTheLastIsWaitedForFirst_haveTwoLimitsTogether() throws Exception {
    Probing probing = new Probing(Duration.ofMillis(100));
    List<Question<String>> questions = begin(probing, 100, this::hang);
    Collections.reverse(questions);
    for (Question<String> each : questions) {
      assertThat(ask(each)).contains("within 100ms", "; probe-timeout gives it more time");
    }
    assertThat(asked.get()).isBetween(17, 32);
  }

  @Test
  void begin_manyThatHangAndHaveNoMoreTimeThanTheLimit_thoseAfterSixteenAreNotAsked()
      throws Exception {
    Probing probing = new Probing(Duration.ofMillis(100));
    List<Question<String>> questions = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      questions.add(probing.begin(new Object(), "p" + i, this::hang, Duration.ofMillis(100)));
    }
    for (Question<String> each : questions) {
      assertThat(ask(each)).contains("within 100ms");
    }
    assertThat(asked).hasValue(16);
  }

  @Test
  void begin_timeOfTheRunIsOver_thoseThatWaitForTheirTurnAreNotAsked() {
    Probing probing = new Probing(Duration.ofDays(1));
    probing.prepare(Duration.ofMillis(100), Duration.ZERO, (names, soFar) -> {});
    List<Question<String>> questions = begin(probing, 60, this::hang);
    for (Question<String> each : questions) {
      assertThatThrownBy(each::answer)
          .isInstanceOf(UnansweredException.class)
          .hasMessage("the probe did not answer in the 100ms that the run has in all");
    }
    assertThatThrownBy(begin(probing, 1, this::hang).get(0)::answer)
        .hasMessageContaining("the 100ms that the run has in all");
    assertThat(asked.get()).isBetween(0, 16);
  }

  @Test
  void begin_timeOfTheRunWasSpentBefore_nothingIsAskedAndTheMessageNamesAllOfIt() {
    Probing probing = new Probing(Duration.ofDays(1));
    probing.prepare(Duration.ofHours(1), Duration.ofHours(2), (names, soFar) -> {});
    assertThatThrownBy(begin(probing, 1, this::hang).get(0)::answer)
        .hasMessage("the probe did not answer in the 1h that the run has in all");
    assertThat(asked).hasValue(0);
  }

  @Test
  void drop_severalWaitForTheirTurn_theyAreNotAsked() throws Exception {
    Probing probing = new Probing(Duration.ofDays(1));
    List<Question<String>> questions = begin(probing, 40, this::hang);
    begun.await();
    probing.drop(questions);
    assertThat(probing.asked()).isEmpty();
    assertThat(asked.get()).isBetween(1, 16);
  }

  @Test
  void interrupt_whileOthersWaitForTheirTurn_theyAreNotAsked() throws Exception {
    Probing probing = new Probing(Duration.ofDays(1));
    List<Question<String>> questions = begin(probing, 20, this::hang);
    begun.await();
    probing.interrupt();
    for (Question<String> each : questions) {
      assertThatThrownBy(each::answer).hasMessageContaining("before its run had to end");
    }
    assertThat(probing.leftUnanswered()).isTrue();
    assertThat(asked.get()).isBetween(1, 16);
  }

  @Test
  void interrupt_whileItIsAsked_endsTheWaitAndTheProbe() throws Exception {
    Probing probing = new Probing(Duration.ofDays(1));
    AtomicReference<Exception> came = new AtomicReference<>();
    Thread asks =
        new Thread(
            () -> {
              try {
                probing.ask(this, "x", this::hang);
              } catch (Exception e) {
                came.set(e);
              }
            });
    asks.start();
    begun.await();
    probing.interrupt();
    asks.join();
    interrupted.await();
    assertThat(came.get()).isInstanceOf(UnansweredException.class);
    assertThatThrownBy(() -> probing.ask("y", "y", () -> "more"))
        .as("nothing is asked any more")
        .isInstanceOf(UnansweredException.class)
        .hasMessageContaining("before its run had to end");
  }

  @Test
  void ask_callerIsInterrupted_hasTheAnswerAndStaysSo() throws Exception {
    Probing probing = new Probing(Duration.ofMinutes(1));
    Thread.currentThread().interrupt();
    assertThat(probing.ask(this, "x", () -> "said")).isEqualTo("said");
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void limit_thatIsNone_isRefused() {
    assertThatThrownBy(() -> new Probing(Duration.ZERO)).hasMessageContaining("must be positive");
    assertThat(new Probing(Duration.ofSeconds(Long.MAX_VALUE))).isNotNull();
  }
}
