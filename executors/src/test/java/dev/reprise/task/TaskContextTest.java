package dev.reprise.task;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TaskContextTest {
  private static final class Unit extends TaskContext {
    @Override
    public String run() {
      return "r1";
    }

    @Override
    public String step() {
      return "delays";
    }

    @Override
    public String label() {
      return "month=2001-04";
    }

    @Override
    public long attempt() {
      return 7;
    }

    @Override
    public boolean cancelled() {
      return true;
    }
  }

  @Test
  void current_outsideOfAUnit_isOneOfNoRun() {
    TaskContext context = TaskContext.current();

    assertThat(context.run() + context.step() + context.label()).isEmpty();
    assertThat(context.attempt()).isZero();
    assertThat(context.cancelled()).isFalse();
  }

  @Test
  void cancelled_outsideOfAUnit_isTheThreadsInterrupt() {
    Thread.currentThread().interrupt();

    assertThat(TaskContext.current().cancelled()).isTrue();
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void current_inAUnitAndItsThreads_isTheUnit() throws InterruptedException {
    Unit unit = new Unit();
    TaskContext[] seen = new TaskContext[1];
    unit.enter();
    try {
      Thread helper = new Thread(() -> seen[0] = TaskContext.current());
      helper.start();
      helper.join();
      assertThat(TaskContext.current()).isSameAs(unit);
    } finally {
      unit.leave();
    }

    assertThat(seen[0]).isSameAs(unit);
    assertThat(TaskContext.current()).isNotSameAs(unit);
  }
}
