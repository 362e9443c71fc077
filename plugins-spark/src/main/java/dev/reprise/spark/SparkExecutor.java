package dev.reprise.spark;

import static dev.reprise.cache.base.Checks.checkState;

import dev.reprise.cache.base.HostName;
import dev.reprise.cache.base.ThreadAlarms;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.store.FartherStores;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.StorePlace;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.ExecutorFactory.Setting;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.envelope.Envelope;
import dev.reprise.executor.envelope.EnvelopeException;
import dev.reprise.worker.Worker;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs units as tasks of Spark jobs.
 *
 * @see <a href="../../../../../../docs/adr/0001-units-on-spark.md">ADR-0001, units on Spark</a>
 */
final class SparkExecutor implements TaskExecutor {
  /**
   * A wave goes out in as few jobs as possible, so the window is wide; what waits in it can be
   * cancelled all the same.
   */
  private static final int WINDOW = 4096;

  private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Setting setting;
  private final SparkSettings settings;
  private final ClassLoader userCode;
  private final Places places;
  private final ThreadAlarms alarms = new ThreadAlarms("reprise-spark-alarms");

  // The scheduler's thread alone.
  private @Nullable SparkLink link;
  private @Nullable Dispatcher dispatcher;
  private @Nullable DatasetUnits datasets;
  private boolean closed;

  private SparkExecutor(Setting setting, SparkSettings settings, ClassLoader userCode) {
    this.setting = setting;
    this.settings = settings;
    this.userCode = userCode;
    places = new Places(settings.maxParallel());
  }

  static SparkExecutor open(Setting setting, SparkSettings settings) {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return new SparkExecutor(
        setting, settings, context == null ? ClassLoader.getSystemClassLoader() : context);
  }

  @Override
  public String name() {
    return SparkExecutorFactory.NAME;
  }

  @Override
  public int window() {
    return WINDOW;
  }

  @Override
  public void start() throws ExecutorUnavailableException {
    started();
  }

  @Override
  public void submit(WorkChunk chunk, AttemptListener listener)
      throws ExecutorUnavailableException {
    checkState(!closed, "step '%s' was submitted to a closed executor", chunk.step());
    if (DatasetCode.is(chunk.code().method())) {
      DatasetUnits running = onDatasets();
      link().claims().check(chunk);
      cover(chunk);
      running.submit(chunk, listener);
      return;
    }
    try {
      Envelope.check(chunk);
    } catch (EnvelopeException e) {
      throw new ExecutorUnavailableException(String.valueOf(e.getMessage()), e);
    }
    Dispatcher running = started();
    SparkLink opened = link();
    if (chunk.code().effect() && opened.speculates()) {
      throw new ExecutorUnavailableException(
          "step '%s' is a side effect, which spark.speculation would let happen twice; start Spark with spark.speculation=false, or run the step with local(...)"
              .formatted(chunk.step()),
          null);
    }
    Claim claim = opened.claims().of(chunk);
    cover(chunk);
    running.submit(chunk, claim, listener);
  }

  private void cover(WorkChunk chunk) throws ExecutorUnavailableException {
    DriversCode code = link().code();
    if (code != null) {
      code.cover(chunk);
    }
  }

  private SparkLink link() throws ExecutorUnavailableException {
    SparkLink opened = link;
    if (opened == null) {
      opened = SparkLink.open(settings, setting.run(), place(), userCode);
      link = opened;
    }
    return opened;
  }

  private StorePlace place() throws ExecutorUnavailableException {
    try {
      return StorePlace.of(setting.storeFolder(), FartherStores.foldersBehind(setting.store()));
    } catch (IOException e) {
      throw new ExecutorUnavailableException(
          "the store %s cannot be used: %s".formatted(setting.storeFolder(), e), e);
    }
  }

  private DatasetUnits onDatasets() throws ExecutorUnavailableException {
    DatasetUnits running = datasets;
    if (running == null) {
      running =
          new DatasetUnits(
              setting,
              settings,
              link(),
              places,
              userCode,
              setting.keySettings(),
              alarms,
              Ticker.system());
      datasets = running;
    }
    return running;
  }

  private Dispatcher started() throws ExecutorUnavailableException {
    Dispatcher running = dispatcher;
    if (running == null) {
      SparkLink opened = link();
      if (opened.isEmbedded()) {
        Station.register(
            setting.run(),
            new Worker("spark", setting.store(), userCode, Ticker.system(), HostName.find()));
      }
      running = new Dispatcher(setting, settings, opened, places, alarms, Ticker.system());
      opened.watch(new TaskWatch(running.prefix(), running));
      running.start();
      dispatcher = running;
    }
    String broken = running.broken();
    if (broken != null) {
      throw new ExecutorUnavailableException(broken, null);
    }
    return running;
  }

  @Override
  public void cancel(long[] attempts) {
    if (dispatcher != null) {
      dispatcher.cancel(Arrays.stream(attempts).boxed().toList());
    }
    if (datasets != null) {
      datasets.cancel(attempts);
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (datasets != null) {
      datasets.close();
    }
    if (dispatcher != null) {
      dispatcher.close(CLOSE_NANOS);
    }
    if (link != null) {
      link.close();
    }
    alarms.close();
    Station.unregister(setting.run());
  }

  /** Drops what an answer that nobody wants has in the store. */
  static void discard(AttemptResult result, Setting setting) {
    if (result instanceof AttemptResult.Success success) {
      success
          .manifest()
          .partitions()
          .forEach(
              partition -> {
                if (partition.location() instanceof Location.Pending pending) {
                  setting.store().discard(pending);
                }
              });
    }
  }
}
