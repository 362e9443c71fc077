package dev.reprise.ray;

import static dev.reprise.task.Tasks.local;
import static dev.reprise.task.Tasks.task;

import dev.reprise.Reprise;
import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline;
import dev.reprise.task.Timeout;
import java.time.Duration;

/**
 * Units that must wait for a processor longer than they may run, one that may not wait so long, and
 * one that runs too long.
 */
public final class Deadlines {
  static final int PATIENT = 8;

  private static final Duration RUN = Duration.ofSeconds(3);

  private Deadlines() {}

  /** For child processes. */
  public static void main(String[] args) {
    Reprise.main(args, Deadlines::define);
  }

  static void define(Pipeline.Builder p) {
    Partitions<Integer> numbers = p.fanOut("numbers", local(Naps::upTo), p.value(PATIENT));
    p.perPartition("patient", task(Deadlines::second).timeout(RUN), numbers);
    p.step(
        "hasty",
        task(Deadlines::seconds)
            .timeout(Timeout.NONE.withStart(Duration.ofMillis(300)).withRun(RUN)),
        p.value(1));
    p.step("endless", task(Deadlines::seconds).timeout(Duration.ofMillis(700)), p.value(100));
  }

  static int second(int number) throws InterruptedException {
    Thread.sleep(1_000);
    return number;
  }

  static int seconds(int count) throws InterruptedException {
    Thread.sleep(1_000L * count);
    return count;
  }
}
