package dev.reprise.bench.ratio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reprise.executor.testing.ManualTicker;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whose load counts (PERFORMANCE, foreign work). */
class ForeignLoadTest {
  private static final Offset<Double> A_LITTLE = within(1e-9);
  private static final long BENCH = 1;
  private static final long RAYLET = 2;
  private static final long WORKER = 3;
  private static final long SHELL = 4;

  private final ManualTicker ticker = new ManualTicker();
  private final Machine machine = new Machine();

  /** A machine on which all that is used is used by processes that the test begins and ends. */
  private static final class Machine implements ProcessorTime {
    private final Map<Long, ProcessTimes> running = new TreeMap<>();
    private double busy;
    private long begun;

    void begin(long number, long parent) {
      ProcessTimes.Id id = new ProcessTimes.Id(number, ++begun);
      running.put(number, new ProcessTimes(id, parent, 0, 0));
    }

    void use(long number, double seconds) {
      ProcessTimes old = process(number);
      put(old, old.parent(), old.own() + seconds, old.endedChildren());
      busy += seconds;
    }

    /** Somebody else works. */
    void useElsewhere(double seconds) {
      busy += seconds;
    }

    /** Ends a process whose parent does not wait for it; its children go to another parent. */
    void end(long number, long heir) {
      running.remove(number);
      for (ProcessTimes each : running.values().toArray(ProcessTimes[]::new)) {
        if (each.parent() == number) {
          put(each, heir, each.own(), each.endedChildren());
        }
      }
    }

    /** Ends a process whose parent waits for it. */
    void endAwaited(long number) {
      ProcessTimes ended = process(number);
      ProcessTimes parent = process(ended.parent());
      double told = parent.endedChildren() + ended.own() + ended.endedChildren();
      end(number, parent.process().number());
      put(parent, parent.parent(), parent.own(), told);
    }

    private void put(ProcessTimes old, long parent, double own, double endedChildren) {
      ProcessTimes now = new ProcessTimes(old.process(), parent, own, endedChildren);
      running.put(old.process().number(), now);
    }

    private ProcessTimes process(long number) {
      ProcessTimes found = running.get(number);
      assertThat(found).as("process %s", number).isNotNull();
      return found;
    }

    @Override
    public double busySeconds() {
      return busy;
    }

    @Override
    public Collection<ProcessTimes> processes() {
      return running.values();
    }
  }

  @BeforeEach
  void workBefore() {
    machine.begin(BENCH, 0);
    machine.begin(RAYLET, 0);
    machine.use(BENCH, 100);
    machine.use(RAYLET, 200);
  }

  private ForeignLoad begin() {
    return new ForeignLoad(ticker, machine);
  }

  private double coresAfterTenSeconds(ForeignLoad load) {
    ticker.advance(Duration.ofSeconds(10));
    return load.cores();
  }

  @Test
  void cores_othersWork_areWhatTheyUsedPerSecond() {
    ForeignLoad load = begin();
    machine.useElsewhere(4);

    assertThat(coresAfterTenSeconds(load)).isEqualTo(0.4, A_LITTLE);
  }

  @Test
  void cores_thisProcessAndHelpersWork_areNone() {
    ForeignLoad load = begin();
    machine.use(BENCH, 5);
    machine.use(RAYLET, 7);

    assertThat(coresAfterTenSeconds(load)).isZero();
  }

  @Test
  void cores_noTimeHasPassed_areNone() {
    ForeignLoad load = begin();
    machine.useElsewhere(1);

    assertThat(load.cores()).isZero();
  }

  /** A raylet ends idle workers, and is told nothing of what they used. */
  @Test
  void cores_helperEndedAndNobodyWaitedForIt_areNotWhatItUsedByItsLastSample() {
    ForeignLoad load = begin();
    machine.begin(WORKER, RAYLET);
    machine.use(WORKER, 2);
    load.sample();
    machine.end(WORKER, BENCH);
    load.sample();

    assertThat(coresAfterTenSeconds(load)).isEqualTo(0, A_LITTLE);
  }

  @Test
  void cores_helperWorkedOnAfterItsLastSampleAndNobodyWaited_areThat() {
    ForeignLoad load = begin();
    machine.begin(WORKER, RAYLET);
    machine.use(WORKER, 2);
    load.sample();
    machine.use(WORKER, 1);
    machine.end(WORKER, BENCH);

    assertThat(coresAfterTenSeconds(load)).isEqualTo(0.1, A_LITTLE);
  }

  @Test
  void cores_helperEndedAndItsParentWaited_areNotWhatNoSampleMet() {
    ForeignLoad load = begin();
    machine.begin(WORKER, BENCH);
    machine.use(WORKER, 2);
    load.sample();
    machine.use(WORKER, 1);
    machine.endAwaited(WORKER);
    machine.begin(WORKER, BENCH); // and one that no sample meets
    machine.use(WORKER, 3);
    machine.endAwaited(WORKER);

    assertThat(coresAfterTenSeconds(load)).isEqualTo(0, A_LITTLE);
  }

  /** Else it would hide so much of what others use. */
  @Test
  void cores_helperEndedAndItsParentWaited_whatItUsedCountsOnce() {
    ForeignLoad load = begin();
    machine.begin(WORKER, BENCH);
    machine.use(WORKER, 2);
    load.sample();
    machine.endAwaited(WORKER);
    machine.useElsewhere(5);

    assertThat(coresAfterTenSeconds(load)).isEqualTo(0.5, A_LITTLE);
  }

  @Test
  void cores_helperThatRanBeforeEndedAndItsParentWaited_whatItUsedBeforeDoesNotCount() {
    machine.begin(SHELL, BENCH);
    machine.use(SHELL, 50);
    ForeignLoad load = begin();
    machine.use(SHELL, 1);
    machine.endAwaited(SHELL);
    machine.useElsewhere(5);

    assertThat(coresAfterTenSeconds(load)).isEqualTo(0.5, A_LITTLE);
  }

  @Test
  void cores_grandchildAndChildEnded_whatTheyUsedCountsOnce() {
    ForeignLoad load = begin();
    machine.begin(SHELL, BENCH);
    machine.begin(WORKER, SHELL);
    machine.use(WORKER, 2);
    machine.use(SHELL, 1);
    load.sample();
    machine.endAwaited(WORKER); // after the last sample of the shell
    machine.endAwaited(SHELL);
    machine.useElsewhere(5);

    assertThat(coresAfterTenSeconds(load)).isEqualTo(0.5, A_LITTLE);
  }

  /** Its new parent is told, and had nothing to do with it. */
  @Test
  void cores_childOfAnEndedHelperEnds_whatItUsedCountsOnce() {
    ForeignLoad load = begin();
    machine.begin(SHELL, BENCH);
    machine.begin(WORKER, SHELL);
    machine.use(WORKER, 2);
    load.sample();
    machine.end(SHELL, RAYLET);
    load.sample();
    machine.use(WORKER, 1);
    machine.endAwaited(WORKER);
    machine.useElsewhere(5);

    assertThat(coresAfterTenSeconds(load)).isEqualTo(0.5, A_LITTLE);
  }

  @Test
  void cores_numberIsUsedAgain_bothProcessesCount() {
    ForeignLoad load = begin();
    machine.begin(WORKER, RAYLET);
    machine.use(WORKER, 3);
    load.sample();
    machine.end(WORKER, BENCH);
    machine.begin(WORKER, RAYLET);
    machine.use(WORKER, 2);
    machine.useElsewhere(1);

    assertThat(coresAfterTenSeconds(load)).isEqualTo(0.1, A_LITTLE);
  }

  @Test
  void cores_askedTwice_areTheSame() {
    ForeignLoad load = begin();
    machine.begin(WORKER, BENCH);
    machine.use(WORKER, 2);
    machine.useElsewhere(4);
    ticker.advance(Duration.ofSeconds(10));

    assertThat(load.cores()).isEqualTo(0.4, A_LITTLE);
    machine.endAwaited(WORKER);
    assertThat(load.cores()).isEqualTo(0.4, A_LITTLE);
  }
}
