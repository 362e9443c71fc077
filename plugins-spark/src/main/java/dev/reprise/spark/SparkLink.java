package dev.reprise.spark;

import dev.reprise.cache.store.StorePlace;
import dev.reprise.executor.ExecutorUnavailableException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.spark.SimpleFutureAction;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkContext$;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.resource.ResourceProfile;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Function0;
import scala.Function1;
import scala.Function2;
import scala.Option;
import scala.Tuple2;
import scala.collection.Iterator;
import scala.collection.immutable.Seq;
import scala.concurrent.Await;
import scala.concurrent.ExecutionContext;
import scala.concurrent.duration.Duration;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.runtime.BoxedUnit;
import scala.util.Try;

/** The Spark application that an executor uses: the one of this process, or one of its own. */
final class SparkLink implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SparkLink.class);

  /** Tells a context of ours from one that was there before. */
  private static final String OWNER = "spark.reprise.owner";

  private static final java.time.Duration LONGEST_STOP = java.time.Duration.ofSeconds(30);
  private static final String EMBEDDED = "local[*]";
  private static final ExecutionContext HERE = ExecutionContext.fromExecutor(Runnable::run);

  private final SparkContext context;
  private final boolean ours;
  private final StorePlace store;
  private final Claims claims;
  private final Map<Claim, ResourceProfile> profiles = new HashMap<>();
  private @Nullable DriversCode code;
  private @Nullable TaskWatch watch;

  private SparkLink(SparkContext context, boolean ours, StorePlace store) {
    this.context = context;
    this.ours = ours;
    this.store = store;
    claims = new Claims(this);
  }

  Claims claims() {
    return claims;
  }

  /**
   * Finds or starts the application. Takes seconds if it has to be started.
   *
   * @param place of the run's store
   * @param userCode class loader of the user's code
   * @throws ExecutorUnavailableException if Spark cannot be started, or its executors cannot be
   *     used
   */
  static SparkLink open(SparkSettings settings, String run, StorePlace place, ClassLoader userCode)
      throws ExecutorUnavailableException {
    String owner = UUID.randomUUID().toString();
    SparkConf conf = conf(settings, run).set(OWNER, owner);
    SparkContext context = context(conf, userCode);
    boolean ours = owner.equals(context.getConf().get(OWNER, ""));
    SparkLink link = new SparkLink(context, ours, place);
    if (!ours && settings.master() != null && !settings.master().equals(context.master())) {
      LOG.warn(
          "this process has a Spark application on {} already; it is used, not {}",
          context.master(),
          settings.master());
    }
    if (!link.isEmbedded()) {
      try {
        link.code = DriversCode.send(link, place, settings.startTimeout(), userCode);
      } catch (Throwable e) { // Scala throws checked ones that nobody declares
        link.close();
        throw e;
      }
    }
    return link;
  }

  /** Where executors find the run's store. */
  StorePlace store() {
    return store;
  }

  /** Ids of the executors that tasks may go to. */
  Set<String> executors() {
    return Set.copyOf(CollectionConverters.asJava(context.getExecutorIds()));
  }

  /** Processors of the executor that has most; 0 if there is none yet. */
  int mostCores() {
    int most = 0;
    for (var each : CollectionConverters.asJava(context.statusStore().executorList(true))) {
      if (!each.id().equals("driver")) {
        most = Math.max(most, each.totalCores());
      }
    }
    return most;
  }

  /** How Spark names an executor as the place where a task should run; the host does not count. */
  static String placeOf(String executor) {
    return "executor_-_" + executor;
  }

  /** What executors have of the driver's code; null if there are none but this process. */
  @Nullable DriversCode code() {
    return code;
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
      // Asked for with settings, the one that is there would be found with a warning.
      Option<SparkContext> there = SparkContext$.MODULE$.getActive();
      return there.isDefined() ? there.get() : SparkContext.getOrCreate(conf);
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
    try {
      return Math.max(1, context.defaultParallelism());
    } catch (RuntimeException e) {
      return 1; // it was stopped: whatever is started now is told so
    }
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
    Claim claim = batch.claim();
    UnitTask task =
        new UnitTask(
            context.longAccumulator(TaskWatch.BEGUN),
            context.longAccumulator(TaskWatch.CLOSED),
            code == null ? null : code.roster().code().table());
    // In this thread, as Spark keeps these by thread; interrupts tasks when the group is cancelled.
    context.setJobGroup(batch.id(), batch.title(), true);
    context.setLocalProperty(TaskWatch.BATCH, batch.id());
    context.setCallSite(batch.title());
    RDD<byte[]> data =
        JavaSparkContext.fromSparkContext(context).parallelize(inputs, inputs.size()).rdd();
    if (!claim.equals(Claim.NONE)) {
      int usual = Claims.usualCpus(context.getConf());
      data.withResources(profiles.computeIfAbsent(claim, any -> claim.profile(usual)));
    }
    submit(data, task, result)
        .onComplete(
            (Function1<Try<BoxedUnit>, BoxedUnit>)
                done -> {
                  end.accept(done.isSuccess() ? null : done.failed().get());
                  return BoxedUnit.UNIT;
                },
            HERE);
  }

  /** Runs a task for each partition. */
  private SimpleFutureAction<BoxedUnit> submit(
      RDD<byte[]> data,
      Function1<Iterator<byte[]>, byte[]> function,
      BiConsumer<Integer, byte[]> result) {
    List<Object> indexes = new ArrayList<>();
    for (int i = 0; i < data.getNumPartitions(); i++) {
      indexes.add(i);
    }
    Seq<Object> partitions = CollectionConverters.asScala(indexes).toSeq();
    Function2<Object, byte[], BoxedUnit> handler =
        (index, bytes) -> {
          result.accept((Integer) index, bytes);
          return BoxedUnit.UNIT;
        };
    Function0<BoxedUnit> nothing = () -> BoxedUnit.UNIT;
    return context.submitJob(data, function, partitions, handler, nothing);
  }

  private RDD<byte[]> placed(List<byte[]> inputs, List<String> places) {
    List<Tuple2<byte[], Seq<String>>> all = new ArrayList<>(inputs.size());
    for (int i = 0; i < inputs.size(); i++) {
      List<String> place = places.get(i).isEmpty() ? List.of() : List.of(places.get(i));
      all.add(new Tuple2<>(inputs.get(i), CollectionConverters.asScala(place).toSeq()));
    }
    return context.makeRDD(CollectionConverters.asScala(all).toSeq(), ClassTag.apply(byte[].class));
  }

  /**
   * Runs a task of ours for each input and waits for the end of all.
   *
   * @param places as {@link #placeOf} names them; empty for anywhere
   * @param result takes each task's index and result; called by Spark's thread, must not wait
   * @throws TimeoutException if it takes too long, for instance because there is no executor
   * @throws Exception if one fails
   */
  void ask(
      Function1<Iterator<byte[]>, byte[]> function,
      String title,
      List<byte[]> inputs,
      List<String> places,
      long timeoutNanos,
      BiConsumer<Integer, byte[]> result)
      throws Exception {
    String batch = context.getLocalProperty(TaskWatch.BATCH);
    context.setCallSite(title);
    context.setLocalProperty(TaskWatch.BATCH, TaskWatch.QUESTION);
    SimpleFutureAction<BoxedUnit> job;
    try {
      job = submit(placed(inputs, places), function, result);
    } finally {
      context.setLocalProperty(TaskWatch.BATCH, batch);
    }
    try {
      Await.result(job, Duration.create(timeoutNanos, TimeUnit.NANOSECONDS));
    } catch (TimeoutException | InterruptedException e) {
      job.cancel();
      throw e;
    }
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

  /** What to tell of an application that cannot be given jobs. */
  String refused(Throwable why) {
    return "Spark on %s cannot be given jobs: %s; the driver's log has the whole of it. Look at Spark's settings and the driver's disks and memory, then run the same command again: what is done is kept"
        .formatted(context.master(), why);
  }

  /** Asks a task to end; it is interrupted. Spark starts it once more. */
  void kill(long task) {
    attempt(() -> context.killTaskAttempt(task, true, "cancelled by Reprise"));
  }

  private static void attempt(Runnable request) {
    try {
      request.run();
    } catch (Exception e) {
      // Scala throws checked ones, too, and declares none.
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
      stop();
    }
    if (code != null) {
      code.close(ours);
    }
  }

  /** Spark may wait for a master that is gone; who has its results does not. */
  private void stop() {
    Thread stopping =
        new Thread(
            () -> {
              try {
                context.stop();
              } catch (Exception e) {
                LOG.warn("Spark did not stop in order", e);
              }
            },
            "reprise-spark-stop");
    stopping.setDaemon(true);
    stopping.start();
    if (!Bounded.join(stopping, LONGEST_STOP)) {
      LOG.warn("Spark on {} does not stop; it is left to itself", context.master());
    }
  }
}
