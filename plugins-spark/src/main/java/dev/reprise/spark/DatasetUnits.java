package dev.reprise.spark;

import static java.util.Objects.requireNonNull;

import dev.reprise.cache.base.Alarms;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.base.HostName;
import dev.reprise.cache.base.Ticker;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Cancelled;
import dev.reprise.executor.AttemptResult.Lost;
import dev.reprise.executor.AttemptResult.Success;
import dev.reprise.executor.ExecutorFactory.Setting;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.executor.TaskExecutor.AttemptListener;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.local.LocalExecutorFactory;
import dev.reprise.worker.EngineFailedException;
import dev.reprise.worker.Worker;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs units on datasets: their functions on threads of the driver, which wait for Spark's jobs.
 *
 * @see <a href="../../../../../../docs/adr/0002-steps-on-datasets.md">ADR-0002, steps on
 *     datasets</a>
 */
final class DatasetUnits implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DatasetUnits.class);
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** How long a unit waits for executors that are busy with others. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  /** Less than Spark leaves an idle executor, by default, before it gives it back. */
  private static final Duration ASK_EVERY = Duration.ofSeconds(30);

  private final Setting setting;
  private final SparkSettings settings;
  private final SparkLink link;
  private final Alarms alarms;
  private final Ticker ticker;
  private final DatasetForm form;
  private final @Nullable Participants participants;
  private final TaskExecutor threads;
  private final DatasetQueue queue;
  private final Set<Long> open = ConcurrentHashMap.newKeySet();
  private final Map<Long, Begun> begun = new ConcurrentHashMap<>();

  // Of the alarms' thread; it reads what others write.
  private long executorSeen;
  private long asked;
  private volatile Thread asker = new Thread(() -> {});
  private volatile @Nullable String broken;
  private volatile boolean closed;

  /**
   * @param keySettings those that are in the keys
   */
  DatasetUnits(
      Setting setting,
      SparkSettings settings,
      SparkLink link,
      Places places,
      ClassLoader userCode,
      SortedMap<String, String> keySettings,
      Alarms alarms,
      Ticker ticker) {
    this.settings = settings;
    this.link = link;
    this.alarms = alarms;
    this.ticker = ticker;
    this.setting = setting;
    form =
        new DatasetForm(
            setting,
            link.store(),
            link.context(),
            keySettings,
            () -> broken,
            this::checkCodeBefore);
    Worker worker =
        new Worker("dataset", setting.store(), userCode, ticker, HostName.find()).withTables(form);
    threads =
        LocalExecutorFactory.waiting(
            worker, DatasetQueue.most(settings.maxParallel()), settings.grace());
    queue = new DatasetQueue(places, settings.maxParallel(), link::slots, this::start);
    participants = link.code() == null ? null : Participants.of(link.context(), ticker);
    executorSeen = ticker.nanos();
    look();
  }

  void submit(WorkChunk chunk, AttemptListener listener) throws ExecutorUnavailableException {
    String why = broken;
    if (why == null && link.isStopped()) {
      why = "Spark was stopped while units ran";
    }
    if (why != null) {
      throw new ExecutorUnavailableException(why, null);
    }
    chunk.units().forEach(unit -> open.add(unit.attempt()));
    queue.add(chunk, listener);
  }

  private void start(WorkChunk unit, AttemptListener listener) {
    try {
      threads.submit(unit, new Ending(listener));
    } catch (ExecutorUnavailableException e) {
      throw new IllegalStateException("threads of this process are always there", e);
    }
  }

  /** Checks what was made, and lets the next unit begin. */
  private final class Ending implements AttemptListener {
    private final AttemptListener listener;

    Ending(AttemptListener listener) {
      this.listener = listener;
    }

    @Override
    public void started(long attempt) {
      listener.started(attempt);
    }

    @Override
    public void finished(long attempt, AttemptResult result) {
      open.remove(attempt);
      Begun unit = begun.remove(attempt);
      boolean check = participants != null && result instanceof Success;
      try {
        listener.finished(attempt, check ? checked(unit, result) : result);
      } finally {
        queue.ended(attempt);
      }
    }
  }

  /**
   * What a unit began with.
   *
   * @param codeVersion of the classes that executors must have to run it
   */
  private record Begun(DriversCode code, int codeVersion, Participants.Moment at) {}

  /** What begins on an executor that is too busy to be asked is checked when it has ended. */
  private void checkCodeBefore(long attempt) throws EngineFailedException {
    DriversCode code = link.code();
    if (code == null || participants == null) {
      return;
    }
    Participants.Moment now = participants.now();
    checkCode(
        () -> {
          Roster roster = code.roster();
          begun.put(attempt, new Begun(code, roster.code().version(), now));
          try {
            return roster.troubleOfNew(PATIENCE);
          } catch (UnknownCodeException e) {
            LOG.debug("asked again later", e);
            return "";
          }
        });
  }

  /** Whoever took part must have been asked, also who has left since: else nothing is kept. */
  private AttemptResult checked(@Nullable Begun unit, AttemptResult result) {
    try {
      checkCode(
          () -> {
            if (unit == null) {
              throw new UnknownCodeException("the unit ran, but nobody was told that it begins");
            }
            Set<String> ran =
                requireNonNull(participants).since(unit.at(), settings.startTimeout());
            return unit.code().roster().troubleOf(ran, unit.codeVersion(), settings.startTimeout());
          });
      return result;
    } catch (EngineFailedException e) {
      SparkExecutor.discard(result, setting);
      return new Lost(String.valueOf(e.getMessage()), result.durationNanos(), Bytes.EMPTY);
    }
  }

  private interface Question {
    String ask() throws InterruptedException, UnknownCodeException;
  }

  private void checkCode(Question question) throws EngineFailedException {
    String why;
    try {
      why = question.ask();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EngineFailedException("interrupted while executors were asked for their code", e);
    } catch (Throwable e) { // Scala throws what no signature tells; the unit must be answered
      throw new EngineFailedException(String.valueOf(e.getMessage()), e);
    }
    if (!why.isEmpty()) {
      broken = why;
      throw new EngineFailedException(why, null);
    }
  }

  /** Attempts that are none of ours are left alone. */
  void cancel(long[] attempts) {
    Set<Long> all = Arrays.stream(attempts).boxed().collect(Collectors.toSet());
    queue.remove(all).forEach(this::answerCancelled);
    for (long attempt : attempts) {
      if (open.contains(attempt)) {
        link.cancelGroup(form.group(attempt));
      }
    }
    threads.cancel(attempts);
  }

  private void answerCancelled(DatasetQueue.Waiting unit) {
    open.remove(unit.attempt());
    unit.listener().finished(unit.attempt(), new Cancelled(0, Bytes.EMPTY));
  }

  private void look() {
    if (closed) {
      return;
    }
    try {
      lookForExecutors();
      askNewExecutors();
    } finally {
      alarms.after(LOOK, this::look);
    }
  }

  /** A job on a cluster without executors waits for ever. */
  private void lookForExecutors() {
    if (open.isEmpty() || link.isStopped() || link.hasExecutors()) {
      executorSeen = ticker.nanos();
    } else if (broken == null
        && ticker.nanos() - executorSeen > settings.startTimeout().toNanos()) {
      breakDown(link.withoutExecutors(settings.startTimeout()));
    }
  }

  private void breakDown(String why) {
    broken = why;
    open.forEach(attempt -> link.cancelGroup(form.group(attempt)));
  }

  /** Whoever comes while a unit runs may have left when it ends, and could not be asked then. */
  private void askNewExecutors() {
    DriversCode code = link.code();
    boolean due = ticker.nanos() - asked > ASK_EVERY.toNanos();
    if (code == null || begun.isEmpty() || broken != null || !due || asker.isAlive()) {
      return;
    }
    asked = ticker.nanos();
    asker = new Thread(() -> askExecutors(code.roster()), "reprise-spark-code");
    asker.setDaemon(true);
    asker.start();
  }

  private void askExecutors(Roster roster) {
    try {
      String why = roster.troubleOfAll(PATIENCE);
      if (!why.isEmpty()) {
        breakDown(why);
      }
    } catch (Exception e) {
      LOG.debug("asked again later", e);
    }
  }

  @Override
  public void close() {
    closed = true;
    asker.interrupt();
    queue.close().forEach(this::answerCancelled);
    open.forEach(attempt -> link.cancelGroup(form.group(attempt)));
    threads.close();
    if (participants != null) {
      participants.close();
    }
  }
}
