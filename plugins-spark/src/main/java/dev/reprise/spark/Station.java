package dev.reprise.spark;

import dev.reprise.cache.base.HostName;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.store.StorePlace;
import dev.reprise.executor.Answer;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.envelope.Envelope;
import dev.reprise.executor.envelope.EnvelopeException;
import dev.reprise.spark.GroupRun.Progress;
import dev.reprise.worker.OutputCapture;
import dev.reprise.worker.Worker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.TaskContext;

/** Where units run in an executor's process, or in the driver's if Spark is embedded there. */
final class Station {
  /*
   * An executor's process has nothing of ours that outlives a task, so what tasks share lies in a
   * static: one worker for each store, with the user's code as Spark's tasks see it. A driver with
   * Spark in its own process knows better which code is the user's and registers its worker here for as
   * long as its executor is open.
   */
  private static final Map<StoreUse, Worker> WORKERS = new ConcurrentHashMap<>();
  private static final Map<String, Worker> DRIVERS = new ConcurrentHashMap<>();

  private record StoreUse(StorePlace place, long freeSpaceFloor) {}

  private Station() {}

  /** Lets units of {@code run} that run in this process use {@code worker}. */
  static void register(String run, Worker worker) {
    DRIVERS.put(run, worker);
  }

  /** Ends {@link #register}. */
  static void unregister(String run) {
    DRIVERS.remove(run);
  }

  /**
   * Runs units until all are through, the time is over or Spark ends the task.
   *
   * @param progress told how far they are
   * @return answers, in an envelope; units that have none did not run
   */
  static byte[] run(Assignment assignment, TaskContext task, Progress progress) {
    if (task.attemptNumber() > 0 && !assignment.repeats()) {
      // Whether the units may run again is for the driver to say, which knows of their first try.
      return Envelope.pack(List.of());
    }
    try (OutputCapture capture = OutputCapture.open()) {
      List<WorkChunk> chunks = new ArrayList<>();
      for (byte[] chunk : assignment.chunks()) {
        chunks.add(Envelope.unpackChunk(chunk));
      }
      // Spark may run an attempt twice, even in one process; the two share no file.
      Worker worker =
          worker(chunks.get(0).run(), assignment.store(), assignment.freeSpaceFloor())
              .named("spark" + task.taskAttemptId());
      GroupRun group =
          new GroupRun(
              chunks,
              worker::runner,
              Duration.ofNanos(assignment.budgetNanos()),
              Ticker.system(),
              progress);
      List<Answer> answers =
          group.run(task::isInterrupted, Duration.ofNanos(assignment.graceNanos()));
      return Envelope.pack(answers);
    } catch (EnvelopeException e) {
      throw new IllegalStateException(e.getMessage(), e);
    } catch (IOException e) {
      throw new IllegalStateException(
          "the store %s cannot be used on %s: %s; all executors must reach it by this path"
              .formatted(assignment.store(), HostName.find(), e.getMessage()),
          e);
    }
  }

  private static Worker worker(String run, StorePlace store, long freeSpaceFloor)
      throws IOException {
    Worker ofDriver = DRIVERS.get(run);
    if (ofDriver != null) {
      return ofDriver;
    }
    StoreUse use = new StoreUse(store, freeSpaceFloor);
    Worker known = WORKERS.get(use);
    if (known == null) {
      known =
          new Worker(
              "spark",
              store.open(FileResultStore.Settings.ofWorker(freeSpaceFloor)),
              Thread.currentThread().getContextClassLoader(),
              Ticker.system(),
              HostName.find());
      WORKERS.put(use, known);
    }
    return known;
  }
}
