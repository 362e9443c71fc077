package dev.reprise.executor.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.code.MethodRef;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.executor.testing.Answers;
import dev.reprise.task.Resources;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JobQueueTest {
  private static final long GIB = 1 << 30;

  private final Budget budget = new Budget(10, 4, 8 * GIB);
  private final JobQueue queue = new JobQueue(budget);

  @Test
  void take_nothingQueued_isNull() {
    assertThat(queue.take()).isNull();
  }

  @Test
  void waitingForOthers_allProcessorsTaken_areUnitsOfAllJobs() {
    Job first = add(Resources.ONE_CPU, 5);
    add(Resources.ONE_CPU, 10);
    for (Job job : takeAll()) {
      assertThat(job).isSameAs(first);
      assertThat(job.take()).isNotNull();
    }

    assertThat(queue.waitingForOthers()).isEqualTo(11);
  }

  /** A slot is idle, or about to take it. */
  @Test
  void waitingForOthers_oneFits_areNone() {
    Job job = add(Resources.ONE_CPU, 100);
    assertThat(queue.take()).isSameAs(job);

    assertThat(queue.waitingForOthers()).isZero();
  }

  @Test
  void waitingForOthers_noneFits_areAllThoughPlacesAreFree() {
    add(Resources.ONE_CPU.withMemoryBytes(3 * GIB), 100);
    assertThat(takeAll()).hasSize(2).allMatch(job -> job.take() != null);

    assertThat(queue.waitingForOthers()).isEqualTo(98);
  }

  @Test
  void take_unitsOfOneProcessor_asManyAsThereAre() {
    Job job = add(Resources.ONE_CPU, 100);

    assertThat(takeAll()).isEqualTo(List.of(job, job, job, job));
  }

  @Test
  void take_fractionsOfAProcessor_sumUp() {
    add(Resources.ONE_CPU.withCpus(0.4), 100);

    assertThat(takeAll()).hasSize(10);
  }

  @Test
  void take_moreProcessorsThanTheMachineHas_runsAlone() {
    Job large = add(Resources.ONE_CPU.withCpus(64), 2);

    assertThat(takeAll()).containsExactly(large);
  }

  @Test
  void take_memoryClaimed_isNotPromisedTwice() {
    add(Resources.ONE_CPU.withMemoryBytes(3 * GIB), 100);
    assertThat(takeAll()).hasSize(2);

    Job small = add(Resources.ONE_CPU, 1);
    assertThat(queue.take()).isSameAs(small);
  }

  @Test
  void take_moreMemoryThanThereIs_runsAlone() {
    add(Resources.ONE_CPU.withMemoryBytes(100 * GIB), 5);

    assertThat(takeAll()).hasSize(1);
  }

  @Test
  void take_firstDoesNotFit_laterOnesOvertakeButNotForEver() {
    Job running = add(Resources.ONE_CPU, 1);
    assertThat(queue.take()).isSameAs(running);
    assertThat(running.take()).isNotNull();
    Job large = add(Resources.ONE_CPU.withCpus(4), 1);
    Job small = add(Resources.ONE_CPU, 1000);

    for (int i = 0; i < JobQueue.MOST_OVERTAKING; i++) {
      assertThat(queue.take()).isSameAs(small);
      assertThat(queue.isHeldUp()).isTrue();
      queue.giveBack(small);
    }

    assertThat(queue.take()).isNull();
    queue.giveBack(running);
    assertThat(queue.take()).isSameAs(large);
  }

  /** Else every slot would come back for the lock after each unit. */
  @Test
  void isHeldUp_moreWaitsThanFits_onlyOnceALaterJobIsServedFirst() {
    Job running = add(Resources.ONE_CPU, 100);
    assertThat(takeAll()).hasSize(4).containsOnly(running);
    add(Resources.ONE_CPU.withCpus(4), 1);
    Job small = add(Resources.ONE_CPU, 1);
    assertThat(queue.peek()).isNull();
    assertThat(queue.isHeldUp()).isFalse();

    while (running.take() != null) {}
    queue.giveBack(running);
    assertThat(queue.take()).isSameAs(small);

    assertThat(queue.isHeldUp()).isTrue();
  }

  @Test
  void take_jobWithoutUnitsLeft_isPassedOver() {
    Job done = add(Resources.ONE_CPU, 1);
    assertThat(done.take()).isNotNull();
    Job next = add(Resources.ONE_CPU, 1);

    assertThat(queue.take()).isSameAs(next);
    assertThat(queue.all()).containsExactly(next);
  }

  private Job add(Resources resources, int units) {
    List<UnitWork> all = new ArrayList<>();
    for (int i = 0; i < units; i++) {
      all.add(new UnitWork(i, "", List.of()));
    }
    TaskCode code =
        new TaskCode(
            new MethodRef("Any", "any", "()V"),
            TaskCode.Kind.STATIC,
            List.of(),
            true,
            Shape.ONE,
            List.of(),
            0);
    WorkChunk chunk = new WorkChunk("r1", "step", code, resources, all);
    Job job = new Job(chunk, new Answers(Duration.ZERO), budget.claim(resources));
    queue.add(job);
    return job;
  }

  private List<Job> takeAll() {
    List<Job> taken = new ArrayList<>();
    for (Job job = queue.take(); job != null; job = queue.take()) {
      taken.add(job);
    }
    return taken;
  }
}
