package dev.reprise.bench.ray;

import dev.reprise.bench.compare.LiveHeap;
import dev.reprise.cache.code.MethodRef;
import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.ExecutorFactory.Setting;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.TaskCode.Kind;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.executor.TaskExecutor.AttemptListener;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.ray.RayExecutorFactory;
import dev.reprise.task.Resources;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/**
 * What an executor holds on the driver's heap of units that it was given, beside the units
 * themselves.
 *
 * @param waiting bytes of each while all are in flight
 * @param answered bytes of each once all are answered
 */
record InFlight(double waiting, double answered) {
  private static final int MOST_MINUTES = 2;

  /**
   * Gives an executor so many units that last until they are cancelled, and cancels them. Twice:
   * the first time also makes what is made once.
   */
  static InFlight of(Path folder, Map<String, String> options, int count) throws Exception {
    FileResultStore store = FileResultStore.openOrMake(folder, FileResultStore.Settings.STANDARD);
    Setting setting = new Setting("in-flight", store, folder, 0, new TreeMap<>(options));
    try (TaskExecutor executor = new RayExecutorFactory().open(setting)) {
      executor.start();
      hold(executor, chunk(1, count));
      return hold(executor, chunk(1 + count, count));
    }
  }

  private static InFlight hold(TaskExecutor executor, WorkChunk chunk) throws Exception {
    int count = chunk.units().size();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(count);
    AttemptListener listener =
        new AttemptListener() {
          @Override
          public void started(long attempt) {
            begun.countDown();
          }

          @Override
          public void finished(long attempt, AttemptResult result) {
            ended.countDown();
          }
        };
    try {
      long before = LiveHeap.bytes();
      executor.submit(chunk, listener);
      await(begun);
      long waiting = LiveHeap.bytes();
      executor.cancel(chunk.units().stream().mapToLong(UnitWork::attempt).toArray());
      await(ended);
      long answered = LiveHeap.bytes();
      return new InFlight(
          (waiting - before) / (double) count, (answered - before) / (double) count);
    } finally {
      Reference.reachabilityFence(chunk);
    }
  }

  private static void await(CountDownLatch latch) throws InterruptedException {
    if (!latch.await(MOST_MINUTES, TimeUnit.MINUTES)) {
      throw new IllegalStateException(
          "%s units are not answered within %s minutes".formatted(latch.getCount(), MOST_MINUTES));
    }
  }

  private static WorkChunk chunk(int first, int count) {
    MethodRef sleep = new MethodRef(Units.class.getName(), "sleep", "()J");
    TaskCode code =
        new TaskCode(sleep, Kind.STATIC, List.of(), false, Shape.ONE, List.of(), 10_000);
    List<UnitWork> units =
        LongStream.range(first, first + count)
            .mapToObj(attempt -> new UnitWork(attempt, "", List.of()))
            .toList();
    return new WorkChunk("in-flight", "sleep", code, Resources.ONE_CPU, units);
  }

  /** For the process that asked. */
  List<String> words() {
    return List.of("" + waiting, "" + answered);
  }

  static InFlight of(List<String> words) {
    return new InFlight(Double.parseDouble(words.get(0)), Double.parseDouble(words.get(1)));
  }
}
