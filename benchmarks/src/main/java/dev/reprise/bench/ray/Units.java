package dev.reprise.bench.ray;

import dev.reprise.bench.taskbench.TaskBench;
import java.util.List;
import java.util.stream.LongStream;

/** What both sides run: some work, and a result that tells which unit of which round it is of. */
final class Units {
  private static final long LONGEST_SLEEP_MILLIS = 120_000;

  private Units() {}

  static List<Long> points(int count) {
    return LongStream.range(0, count).boxed().toList();
  }

  /** The result of a unit, another one in each round. */
  static long unit(long point, long round, long work) {
    if (TaskBench.compute(work) < 1) {
      throw new IllegalStateException("the kernel computes nothing");
    }
    return (point * 31 + round) * 0x9E3779B97F4A7C15L;
  }

  /** Lasts until it is cancelled. */
  static long sleep() throws InterruptedException {
    Thread.sleep(LONGEST_SLEEP_MILLIS);
    return 0;
  }

  /** What results in their order come to. */
  static long digest(Iterable<Long> results) {
    long digest = 0;
    for (long result : results) {
      digest = digest * 31 + result;
    }
    return digest;
  }

  /** What the results of a round must come to. */
  static long expected(int count, long round) {
    return digest(LongStream.range(0, count).mapToObj(point -> unit(point, round, 0)).toList());
  }
}
