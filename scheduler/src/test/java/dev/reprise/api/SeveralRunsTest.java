package dev.reprise.api;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.plan.Outcome;
import dev.reprise.run.RunListener;
import dev.reprise.run.RunListener.RunSummary;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunState;
import dev.reprise.testkit.PipelineTester;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several runs in one driver: submitted, listed, waited for and cancelled one by one. */
class SeveralRunsTest {
  @RegisterExtension final PipelineTester reprise = new PipelineTester();

  private static final AtomicInteger EXECUTED = new AtomicInteger();
  private static volatile CountDownLatch begun = new CountDownLatch(0);
  private static volatile CountDownLatch gate = new CountDownLatch(0);

  static int slow(int number) throws InterruptedException {
    EXECUTED.incrementAndGet();
    begun.countDown();
    gate.await();
    return number;
  }

  private final Pipeline pipeline =
      Pipeline.define(
          "p", p -> p.result("n", p.step("n", task(SeveralRunsTest::slow), p.value(7))));

  private Run submit(CompletableFuture<String> waits) {
    RunListener listener =
        new RunListener() {
          @Override
          public void warning(String code, String message) {
            if (code.equals("WAITING")) {
              waits.complete(message);
            }
          }
        };
    return reprise.driver().submit(pipeline, RunOptions.DEFAULT, listener);
  }

  @Test
  void runs_ofOneDriver_areListedShareUnitsWithANamedOwnerAndAreCancelledApart() throws Exception {
    EXECUTED.set(0);
    begun = new CountDownLatch(1);
    gate = new CountDownLatch(1);
    assertThat(reprise.driver().runs()).isEmpty();
    Run owner = submit(new CompletableFuture<>());
    begun.await();
    CompletableFuture<String> secondWaits = new CompletableFuture<>();
    CompletableFuture<String> thirdWaits = new CompletableFuture<>();
    Run second = submit(secondWaits);
    assertThat(secondWaits.get()).isEqualTo("'n' waits for run " + owner.id());
    Run third = submit(thirdWaits);
    assertThat(thirdWaits.get()).isEqualTo("'n' waits for run " + owner.id());

    List<Run> all = reprise.driver().runs();
    assertThat(all)
        .containsExactlyInAnyOrder(owner, second, third)
        .isSortedAccordingTo((one, other) -> one.id().compareTo(other.id()));
    assertThat(all).allMatch(run -> run.state() == RunState.RUNNING);
    assertThat(second.await(1)).as("it goes on").isNull();

    begun = new CountDownLatch(1);
    owner.cancel();
    assertThat(owner.await().state()).isEqualTo(RunState.CANCELLED);
    begun.await();
    assertThat(EXECUTED.get()).as("one that waited takes over").isEqualTo(2);
    gate.countDown();

    List<RunSummary> ends = List.of(second.await(), third.await());
    assertThat(EXECUTED.get()).isEqualTo(2);
    assertThat(ends).allMatch(end -> end.state() == RunState.SUCCEEDED);
    assertThat(ends.stream().mapToInt(end -> end.outcomes().get(Outcome.RAN)).sum()).isOne();
    assertThat(ends.stream().mapToInt(end -> end.outcomes().get(Outcome.SHARED)).sum()).isOne();
    assertThat(reprise.driver().runs()).isEmpty();
    assertThat(all).as("the list is as it was").hasSize(3);
  }
}
