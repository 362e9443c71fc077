package dev.reprise.spark;

import java.util.HashMap;
import java.util.Map;
import org.apache.spark.ExecutorLostFailure;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.scheduler.StageInfo;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Tells what Spark says about tasks of ours. Spark leaves events out when there are too many, so
 * nothing may hang on one of them.
 */
final class TaskWatch extends SparkListener {
  /** Local property of our jobs, with the batch's id. */
  static final String BATCH = "reprise.batch";

  /** What stands for the batch's id in jobs that only ask executors something. */
  static final String QUESTION = "question";

  /** Name of the counter of units that a task has begun. */
  static final String BEGUN = "reprise.begun";

  /** Name of the counter that becomes that number once a task will begin no further unit. */
  static final String CLOSED = "reprise.closed";

  private final Events events;
  private final String prefix;

  // Spark calls from one thread.
  private final Map<Integer, String> batches = new HashMap<>();

  /** Takes what happens; called by Spark's thread, must not wait. */
  interface Events {
    /** A task of partition {@code index} starts. */
    void taskStarted(String batch, int index, long task);

    /** A running task has begun so many units. */
    void progress(long task, long begun);

    /** A running task has begun so many units, and will begin no more. */
    void closed(long task, long begun);

    /** The executor that ran the task is gone. */
    void executorLost(String batch, int index, String why);
  }

  /**
   * @param prefix that ids of this executor's batches begin with
   */
  TaskWatch(String prefix, Events events) {
    this.prefix = prefix;
    this.events = events;
  }

  @Override
  public void onJobStart(SparkListenerJobStart start) {
    String batch = start.properties() == null ? null : start.properties().getProperty(BATCH);
    if (batch != null && batch.startsWith(prefix)) {
      for (StageInfo stage : CollectionConverters.asJava(start.stageInfos())) {
        batches.put(stage.stageId(), batch);
      }
    }
  }

  @Override
  public void onStageCompleted(SparkListenerStageCompleted completed) {
    batches.remove(completed.stageInfo().stageId());
  }

  @Override
  public void onTaskStart(SparkListenerTaskStart start) {
    String batch = batches.get(start.stageId());
    if (batch != null) {
      events.taskStarted(batch, start.taskInfo().index(), start.taskInfo().taskId());
    }
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    String batch = batches.get(end.stageId());
    if (batch != null && end.reason() instanceof ExecutorLostFailure lost) {
      String reason = lost.reason().isDefined() ? lost.reason().get() : "it is gone";
      events.executorLost(
          batch,
          end.taskInfo().index(),
          "executor %s on %s was lost: %s"
              .formatted(lost.execId(), end.taskInfo().host(), reason.strip()));
    }
  }

  @Override
  public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate update) {
    CollectionConverters.asJava(update.accumUpdates())
        .forEach(
            task -> {
              if (batches.containsKey(task._2())) {
                for (AccumulableInfo counter : CollectionConverters.asJava(task._4())) {
                  tell((Long) task._1(), counter);
                }
              }
            });
  }

  private void tell(long task, AccumulableInfo counter) {
    if (counter.name().isEmpty()
        || counter.update().isEmpty()
        || !(counter.update().get() instanceof Long count)) {
      return;
    }
    if (counter.name().get().equals(BEGUN)) {
      events.progress(task, count);
    } else if (counter.name().get().equals(CLOSED) && count > 0) {
      events.closed(task, count);
    }
  }
}
