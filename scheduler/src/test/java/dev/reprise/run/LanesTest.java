package dev.reprise.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.executor.TaskExecutor;
import dev.reprise.executor.WorkChunk;
import dev.reprise.plan.Propagation;
import dev.reprise.plan.UnitTable;
import dev.reprise.task.Engine;
import dev.reprise.task.Functions.F0;
import dev.reprise.task.TaskSpec;
import dev.reprise.testing.GraphMaker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** For how long all executors of a run have work: the steps "far" and "near" have one each. */
class LanesTest {
  private static final int FAR = 0;
  private static final int NEAR = 1;

  private final Map<String, Long> nanosOfWork = new HashMap<>();
  private final List<Runnable> starts = new ArrayList<>();
  private final Lanes lanes =
      new Lanes(
          units(), RunOptions.DEFAULT, new Startup(Busy::new, starts::add, () -> {}), new Timers());

  @Test
  void nanosOfWork_nothingInFlight_isNone() throws Exception {
    work("far", 5000);
    start(FAR);

    assertThat(lanes.nanosOfWork()).isZero();
  }

  @Test
  void nanosOfWork_twoExecutorsWork_isTheShorter() throws Exception {
    work("far", 5000);
    work("near", 3000);
    lanes.begin(FAR, start(FAR));
    assertThat(lanes.nanosOfWork()).isEqualTo(5000);

    lanes.begin(NEAR, start(NEAR));
    assertThat(lanes.nanosOfWork()).isEqualTo(3000);
  }

  @Test
  void nanosOfWork_anotherExecutorIsStarting_isOfTheOneThatWorks() throws Exception {
    work("near", 3000);
    lanes.begin(NEAR, start(NEAR));

    assertThat(lane(FAR).room()).isZero();
    assertThat(lane(FAR).starting()).isTrue();
    assertThat(lanes.nanosOfWork()).isEqualTo(3000);
  }

  @Test
  void nanosOfWork_whatAnExecutorHadHasEnded_isOfTheOther() throws Exception {
    work("far", 5000);
    work("near", 3000);
    lanes.begin(FAR, start(FAR));
    Attempt ended = lanes.begin(NEAR, start(NEAR));

    assertThat(lanes.end(ended.id)).isSameAs(ended);

    assertThat(lanes.nanosOfWork()).isEqualTo(5000);
  }

  private static UnitTable units() {
    GraphMaker maker = new GraphMaker();
    maker.step("far", on("far"));
    maker.step("near", on("near"));
    UnitTable units = new UnitTable(maker.build());
    new Propagation(units).start(); // which numbers the units
    return units;
  }

  private static TaskSpec on(String engine) {
    return TaskSpec.of(new Engine(engine), (F0<String>) () -> "", 0);
  }

  private void work(String engine, long nanos) {
    nanosOfWork.put(engine, nanos);
  }

  /** The lane of a unit, whose executor has started. */
  private Lane start(int unit) throws Exception {
    Lane lane = lane(unit);
    lane.room();
    starts.forEach(Runnable::run);
    starts.clear();
    return lane;
  }

  private Lane lane(int unit) {
    lanes.enqueue(unit);
    String engine = unit == FAR ? "far" : "near";
    return lanes.all().stream()
        .filter(lane -> lane.engine.equals(engine))
        .findFirst()
        .orElseThrow();
  }

  /** Says how much work it has, as the test says. */
  private final class Busy implements TaskExecutor {
    private final String name;

    Busy(String name) {
      this.name = name;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public int window() {
      return 1;
    }

    @Override
    public long nanosOfWork() {
      return nanosOfWork.get(name);
    }

    @Override
    public void submit(WorkChunk chunk, AttemptListener listener) {}

    @Override
    public void cancel(long[] attempts) {}

    @Override
    public void close() {}
  }
}
