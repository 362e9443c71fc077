package dev.reprise.spark;

import dev.reprise.executor.ExecutorUnavailableException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.spark.SimpleFutureAction;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Function0;
import scala.Function1;
import scala.Function2;
import scala.collection.Iterator;
import scala.collection.immutable.Seq;
import scala.concurrent.Await;
import scala.concurrent.ExecutionContext;
import scala.concurrent.duration.Duration;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.BoxedUnit;
import scala.util.Try;

/** The Spark application that an executor uses: the one of this process, or one of its own. */
final class SparkLink implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SparkLink.class);

  /** Tells a context of ours from one that was there before. */
  private static final String OWNER = "spark.reprise.owner";

  private static final String EMBEDDED = "local[*]";
  private static final ExecutionContext HERE = ExecutionContext.fromExecutor(Runnable::run);

  private final SparkContext context;
  private final boolean ours;
  private @Nullable Shipping shipping;
  private @Nullable TaskWatch watch;

  private SparkLink(SparkContext context, boolean ours) {
    this.context = context;
    this.ours = ours;
  }

  /**
   * Finds or starts the application. Takes seconds if it has to be started.
   *
   * @param userCode class loader of the user's code
   * @throws ExecutorUnavailableException if Spark cannot be started, or its executors cannot be
   *     used
   */
  static SparkLink open(SparkSettings settings, String run, Path store, ClassLoader userCode)
      throws ExecutorUnavailableException {
    String owner = UUID.randomUUID().toString();
    SparkConf conf = conf(settings, run).set(OWNER, owner);
    SparkContext context = context(conf, userCode);
    boolean ours = owner.equals(context.getConf().get(OWNER, ""));
    SparkLink link = new SparkLink(context, ours);
    if (!ours && settings.master() != null && !settings.master().equals(context.master())) {
      LOG.warn(
          "this process has a Spark application on {} already; it is used, not {}",
          context.master(),
          settings.master());
    }
    if (!link.isEmbedded()) {
      try {
        Shipping shipping = new Shipping(link, userCode);
        link.shipping = shipping;
        shipping.prepare(store, settings.startTimeout());
      } catch (ExecutorUnavailableException | RuntimeException | Error e) {
        link.close();
        throw e;
      }
    }
    return link;
  }

  private static SparkConf conf(SparkSettings settings, String run) {
    SparkConf conf = new SparkConf();
    if (settings.master() != null) {
      conf.set("spark.master", settings.master());
    }
    String embedded =
        settings.maxParallel() > 0 ? "local[" + settings.maxParallel() + "]" : EMBEDDED;
    conf.setIfMissing("spark.master", embedded);
    conf.setIfMissing("spark.app.name", "reprise " + run);
    conf.setIfMissing("spark.ui.showConsoleProgress", "false");
    if (conf.get("spark.master").startsWith("local[") || conf.get("spark.master").equals("local")) {
      // Nobody has to find this one: no page, and no question to a name service.
      conf.setIfMissing("spark.ui.enabled", "false");
      conf.setIfMissing("spark.driver.host", "127.0.0.1");
      conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
    } else {
      // Libraries that the driver's JVM finds, executors of this machine find as well.
      conf.setIfMissing(
          "spark.executor.extraLibraryPath", System.getProperty("java.library.path", ""));
    }
    return conf;
  }

  private static SparkContext context(SparkConf conf, ClassLoader userCode)
      throws ExecutorUnavailableException {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(userCode);
    try {
      return SparkContext.getOrCreate(conf);
    } catch (Exception | LinkageError e) {
      throw new ExecutorUnavailableException(
          "Spark cannot be started on %s: %s".formatted(conf.get("spark.master"), e), e);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  SparkContext context() {
    return context;
  }

  /** Whether tasks run in this process. */
  boolean isEmbedded() {
    return context.isLocal();
  }

  /** Whether Spark itself may run a task a second time although the first one still runs. */
  boolean speculates() {
    return context.getConf().getBoolean("spark.speculation", false);
  }

  /** How many tasks can run at one time. */
  int slots() {
    return Math.max(1, context.defaultParallelism());
  }

  /** Whether there is an executor. */
  boolean hasExecutors() {
    // The driver counts as one of them.
    return isEmbedded() || context.getExecutorMemoryStatus().size() > 1;
  }

  boolean isStopped() {
    return context.isStopped();
  }

  /** Lets {@code watch} see what Spark tells, until this is closed. */
  void watch(TaskWatch watch) {
    context.addSparkListener(watch);
    this.watch = watch;
  }

  /**
   * Starts a job.
   *
   * @param inputs one per task
   * @param result takes each task's index and result; called by Spark's thread, must not wait
   * @param end called at the end, with what went wrong or null
   * @throws IllegalStateException if the application was stopped
   */
  void run(
      Batch batch,
      List<byte[]> inputs,
      BiConsumer<Integer, byte[]> result,
      Consumer<@Nullable Throwable> end) {
    LongAccumulator begun = context.longAccumulator(TaskWatch.BEGUN);
    // In this thread, as Spark keeps these by thread; interrupts tasks when the group is cancelled.
    context.setJobGroup(batch.id(), batch.title(), true);
    context.setLocalProperty(TaskWatch.BATCH, batch.id());
    context.setCallSite(batch.title());
    submit(inputs, new UnitTask(begun), result)
        .onComplete(
            (Function1<Try<BoxedUnit>, BoxedUnit>)
                done -> {
                  end.accept(done.isSuccess() ? null : done.failed().get());
                  return BoxedUnit.UNIT;
                },
            HERE);
  }

  private SimpleFutureAction<BoxedUnit> submit(
      List<byte[]> inputs,
      Function1<Iterator<byte[]>, byte[]> function,
      BiConsumer<Integer, byte[]> result) {
    List<Object> indexes = new ArrayList<>(inputs.size());
    for (int i = 0; i < inputs.size(); i++) {
      indexes.add(i);
    }
    Seq<Object> partitions = CollectionConverters.asScala(indexes).toSeq();
    Function2<Object, byte[], BoxedUnit> handler =
        (index, bytes) -> {
          result.accept((Integer) index, bytes);
          return BoxedUnit.UNIT;
        };
    Function0<BoxedUnit> nothing = () -> BoxedUnit.UNIT;
    return context.submitJob(
        JavaSparkContext.fromSparkContext(context).parallelize(inputs, inputs.size()).rdd(),
        function,
        partitions,
        handler,
        nothing);
  }

  /**
   * Runs one task and waits for its result.
   *
   * @throws TimeoutException if it takes too long, for instance because there is no executor
   * @throws Exception if it fails
   */
  byte[] ask(
      Function1<Iterator<byte[]>, byte[]> function, String title, byte[] input, long timeoutNanos)
      throws Exception {
    byte[][] answer = new byte[1][];
    context.setCallSite(title);
    SimpleFutureAction<BoxedUnit> job =
        submit(List.of(input), function, (index, bytes) -> answer[0] = bytes);
    try {
      Await.result(job, Duration.create(timeoutNanos, TimeUnit.NANOSECONDS));
    } catch (TimeoutException | InterruptedException e) {
      job.cancel();
      throw e;
    }
    return answer[0];
  }

  /** Asks a job to end; its tasks are interrupted. */
  void cancel(Batch batch) {
    attempt(() -> context.cancelJobGroup(batch.id(), "cancelled by Reprise"));
  }

  /** Asks all jobs of a group to end, and those that are still to come. */
  void cancelGroup(String group) {
    attempt(() -> context.cancelJobGroupAndFutureJobs(group, "cancelled by Reprise"));
  }

  /** What to tell of an application that had no executor for so long. */
  String withoutExecutors(java.time.Duration time) {
    return "Spark on %s has had no executor for %s s; look whether its workers are there"
        .formatted(context.master(), time.toSeconds());
  }

  /** Asks a task to end; it is interrupted. Spark starts it once more. */
  void kill(long task) {
    attempt(() -> context.killTaskAttempt(task, true, "cancelled by Reprise"));
  }

  private static void attempt(Runnable request) {
    try {
      request.run();
    } catch (RuntimeException e) {
      LOG.debug("Spark was stopped meanwhile", e);
    }
  }

  /** Stops the application if it is ours. */
  @Override
  public void close() {
    TaskWatch listener = watch;
    if (listener != null) {
      attempt(() -> context.removeSparkListener(listener));
    }
    if (ours) {
      try {
        context.stop();
      } catch (RuntimeException e) {
        LOG.warn("Spark did not stop in order", e);
      }
    }
    if (shipping != null) {
      shipping.close(ours);
    }
  }
}
