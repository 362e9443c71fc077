package dev.reprise.spark;

import dev.reprise.cache.base.Ticker;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.scheduler.StageInfo;
import scala.jdk.javaapi.CollectionConverters;

/** Which executors ran tasks of user code while a unit ran. */
final class Participants extends SparkListener implements AutoCloseable {
  /*
   * Every task counts, whoever's it seems to be: job groups and local properties are the user's to set,
   * and a thread of a pool has those of whoever made it. Left out are tasks that compare the code by
   * themselves.
   *
   * Spark leaves events out if listeners are slow, and counts them. On a queue of its own this listener
   * waits for no other, so that hardly happens; if it does, nobody knows who took part.
   */
  private static final String QUEUE = "reprise";

  private static final String DROPPED = "queue." + QUEUE + ".numDroppedEvents";
  private static final Duration LOOK = Duration.ofMillis(100);

  private final SparkContext context;
  private final Ticker ticker;

  // This object's monitor guards what follows.
  private final Set<Integer> ours = new HashSet<>();
  private final Map<String, Long> latestTask = new HashMap<>();
  private long tasks;

  private Participants(SparkContext context, Ticker ticker) {
    this.context = context;
    this.ticker = ticker;
  }

  /** Sees the tasks of an application from now on, until it is closed. */
  static Participants of(SparkContext context, Ticker ticker) {
    Participants made = new Participants(context, ticker);
    context.listenerBus().addToQueue(made, QUEUE);
    return made;
  }

  /**
   * A moment in the life of an application.
   *
   * @param tasks how many were seen until then
   * @param dropped how many events were left out until then
   */
  record Moment(long tasks, long dropped) {}

  Moment now() {
    long dropped = dropped();
    synchronized (this) {
      return new Moment(tasks, dropped);
    }
  }

  /**
   * Ids of the executors that tasks were started on after {@code begin}; some others that were
   * started on shortly before may be among them.
   *
   * @param most how long Spark may take to tell of all that happened until now
   * @throws UnknownCodeException if it does not tell in time, or has left events out
   */
  Set<String> since(Moment begin, Duration most) throws InterruptedException, UnknownCodeException {
    AllTold event = new AllTold();
    context.listenerBus().post(event);
    long end = ticker.nanos() + most.toNanos();
    while (!event.told.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
      checkNothingDropped(begin);
      if (context.isStopped() || ticker.nanos() > end) {
        throw new UnknownCodeException(
            "nobody knows which executors took part: Spark %s"
                .formatted(
                    context.isStopped()
                        ? "was stopped"
                        : "has not told of its tasks for " + most.toSeconds() + " s"));
      }
    }
    checkNothingDropped(begin);
    synchronized (this) {
      Set<String> found = new TreeSet<>();
      latestTask.forEach(
          (executor, task) -> {
            if (task > begin.tasks()) {
              found.add(executor);
            }
          });
      return found;
    }
  }

  private void checkNothingDropped(Moment begin) throws UnknownCodeException {
    long since = dropped() - begin.dropped();
    if (since != 0) {
      throw new UnknownCodeException(
          "nobody knows which executors took part: Spark has left out %s events for its listeners, as this driver is too busy; give it more memory or processors, or start Spark with a larger spark.scheduler.listenerbus.eventqueue.%s.capacity"
              .formatted(since, QUEUE));
    }
  }

  private long dropped() {
    return context.listenerBus().metrics().metricRegistry().counter(DROPPED).getCount();
  }

  /** Comes after the events of all that happened before it was posted. */
  private static final class AllTold implements SparkListenerEvent {
    final CountDownLatch told = new CountDownLatch(1);

    @Override
    public boolean logEvent() {
      return false;
    }
  }

  @Override
  public void onOtherEvent(SparkListenerEvent event) {
    if (event instanceof AllTold all) {
      all.told.countDown();
    }
  }

  @Override
  public synchronized void onJobStart(SparkListenerJobStart start) {
    if (start.properties() != null && start.properties().getProperty(TaskWatch.BATCH) != null) {
      for (StageInfo stage : CollectionConverters.asJava(start.stageInfos())) {
        ours.add(stage.stageId());
      }
    }
  }

  @Override
  public synchronized void onStageCompleted(SparkListenerStageCompleted completed) {
    ours.remove(completed.stageInfo().stageId());
  }

  @Override
  public synchronized void onTaskStart(SparkListenerTaskStart start) {
    if (!ours.contains(start.stageId())) {
      latestTask.put(start.taskInfo().executorId(), ++tasks);
    }
  }

  @Override
  public void close() {
    if (!context.isStopped()) {
      context.removeSparkListener(this);
    }
  }
}
