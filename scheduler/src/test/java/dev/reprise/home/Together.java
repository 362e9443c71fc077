package dev.reprise.home;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** Does one thing in several threads at the same time. */
final class Together {
  private Together() {}

  /** What each of them got. */
  static <T> List<T> call(ExecutorService threads, int many, Callable<T> what) throws Exception {
    CyclicBarrier start = new CyclicBarrier(many);
    List<Future<T>> all = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      all.add(
          threads.submit(
              () -> {
                start.await();
                return what.call();
              }));
    }
    List<T> results = new ArrayList<>();
    for (Future<T> each : all) {
      results.add(each.get());
    }
    return results;
  }
}
