package dev.reprise.spark;

import dev.reprise.cache.base.Alarms;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.base.HostName;
import dev.reprise.cache.base.Ticker;
import dev.reprise.executor.AttemptResult;
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
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Runs units on datasets: their functions on threads of the driver, which wait for Spark's jobs.
 *
 * @see <a href="../../../../../../docs/adr/0002-steps-on-datasets.md">ADR-0002, steps on
 *     datasets</a>
 */
final class DatasetUnits implements AutoCloseable {
  /** So many jobs at one time keep a small cluster busy while others plan or end. */
  private static final int FEWEST = 2;

  private static final int MOST = 16;
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** How long a unit waits for executors that are busy with others. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final Setting setting;
  private final SparkSettings settings;
  private final SparkLink link;
  private final Alarms alarms;
  private final Ticker ticker;
  private final DatasetForm form;
  private final Participants participants;
  private final TaskExecutor threads;
  private final Set<Long> open = ConcurrentHashMap.newKeySet();

  // Of the alarms' thread; it reads what others write.
  private long executorSeen;
  private volatile @Nullable String broken;
  private volatile boolean closed;

  /**
   * @param keySettings those that are in the keys
   */
  DatasetUnits(
      Setting setting,
      SparkSettings settings,
      SparkLink link,
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
        new DatasetForm(setting, link.context(), keySettings, () -> broken, this::checkCodeBefore);
    int most = Math.max(FEWEST, Math.min(MOST, link.slots()));
    Worker worker =
        new Worker("dataset", setting.store(), userCode, ticker, HostName.find()).withTables(form);
    threads =
        LocalExecutorFactory.waiting(
            worker, settings.maxParallel() > 0 ? settings.maxParallel() : most, settings.grace());
    participants = new Participants(form.prefix());
    if (link.code() != null) {
      link.context().addSparkListener(participants);
    }
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
    threads.submit(
        chunk,
        new AttemptListener() {
          @Override
          public void started(long attempt) {
            listener.started(attempt);
          }

          @Override
          public void finished(long attempt, AttemptResult result) {
            open.remove(attempt);
            AttemptResult told = result instanceof Success ? checked(attempt, result) : result;
            participants.take(form.group(attempt));
            listener.finished(attempt, told);
          }
        });
  }

  /** Executors that came while the unit ran, or were busy, were not asked for their code before. */
  private AttemptResult checked(long attempt, AttemptResult result) {
    try {
      checkCode(
          roster -> {
            if (roster.knowsAll()) {
              return "";
            }
            Set<String> ran =
                link.hasTold(PATIENCE) ? participants.take(form.group(attempt)) : link.executors();
            return roster.troubleOf(ran, settings.startTimeout());
          });
      return result;
    } catch (EngineFailedException e) {
      SparkExecutor.discard(result, setting);
      return new Lost(String.valueOf(e.getMessage()), result.durationNanos(), Bytes.EMPTY);
    }
  }

  /** What begins on an executor that is too busy to be asked is checked when it has ended. */
  private void checkCodeBefore() throws EngineFailedException {
    try {
      checkCode(roster -> roster.troubleOfAll(PATIENCE));
    } catch (EngineFailedException e) {
      if (broken != null || !(e.getCause() instanceof TimeoutException)) {
        throw e;
      }
    }
  }

  private interface Question {
    String ask(Roster roster) throws InterruptedException, TimeoutException;
  }

  private void checkCode(Question question) throws EngineFailedException {
    DriversCode code = link.code();
    if (code == null) {
      return;
    }
    String why;
    try {
      why = question.ask(code.roster());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EngineFailedException("interrupted while executors were asked for their code", e);
    } catch (TimeoutException | IllegalStateException e) {
      throw new EngineFailedException(String.valueOf(e.getMessage()), e);
    }
    if (!why.isEmpty()) {
      broken = why;
      throw new EngineFailedException(why, null);
    }
  }

  /** Attempts that are none of ours are left alone. */
  void cancel(long[] attempts) {
    for (long attempt : attempts) {
      if (open.contains(attempt)) {
        link.cancelGroup(form.group(attempt));
      }
    }
    threads.cancel(attempts);
  }

  /** A job on a cluster without executors waits for ever. */
  private void look() {
    if (closed) {
      return;
    }
    if (open.isEmpty() || link.isStopped() || link.hasExecutors()) {
      executorSeen = ticker.nanos();
    } else if (broken == null
        && ticker.nanos() - executorSeen > settings.startTimeout().toNanos()) {
      broken = link.withoutExecutors(settings.startTimeout());
      open.forEach(attempt -> link.cancelGroup(form.group(attempt)));
    }
    alarms.after(LOOK, this::look);
  }

  @Override
  public void close() {
    closed = true;
    open.forEach(attempt -> link.cancelGroup(form.group(attempt)));
    threads.close();
    if (!link.isStopped()) {
      link.context().removeSparkListener(participants);
    }
  }
}
