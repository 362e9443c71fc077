package dev.reprise.ray;

import static dev.reprise.cache.base.Checks.checkState;

import dev.reprise.cache.base.Text;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.store.FartherStores;
import dev.reprise.cache.store.StorePlace;
import dev.reprise.executor.ExecutorFactory.Setting;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.envelope.Envelope;
import dev.reprise.executor.envelope.EnvelopeException;
import dev.reprise.ray.code.CodeShelf;
import dev.reprise.ray.connect.RayConnection;
import dev.reprise.ray.connect.RayPlace;
import dev.reprise.ray.worker.TaskFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs units in tasks of a Ray cluster, which is looked for when the first unit comes.
 *
 * <p>{@link Traffic} knows where each unit is, {@link Dispatcher} speaks with Ray.
 *
 * @see <a
 *     href="../../../../../../docs/adr/0001-bytes-files-and-one-class-loader-per-digest.md">ADR-0001,
 *     bytes, files and one class loader per digest</a>
 */
final class RayExecutor implements TaskExecutor {
  private static final int WINDOW_BEFORE_CONNECTING = 16;

  private final Setting setting;
  private final RaySettings settings;
  private final CodeShelf shelf;
  private final ClassLoader userCode;
  private final Ticker ticker;

  private @Nullable Connected connected;
  private boolean closed;

  /** What there is once a cluster was needed. */
  private record Connected(
      RayConnection connection, Traffic traffic, TaskFiles files, Thread dispatcher) {}

  RayExecutor(
      Setting setting, RaySettings settings, CodeShelf shelf, ClassLoader userCode, Ticker ticker) {
    this.setting = setting;
    this.settings = settings;
    this.shelf = shelf;
    this.userCode = userCode;
    this.ticker = ticker;
  }

  @Override
  public String name() {
    return RayExecutorFactory.NAME;
  }

  @Override
  public int window() {
    Connected there = connected;
    return there == null ? WINDOW_BEFORE_CONNECTING : there.traffic().window();
  }

  @Override
  public void start() throws ExecutorUnavailableException {
    connected();
  }

  @Override
  public void submit(WorkChunk chunk, AttemptListener listener)
      throws ExecutorUnavailableException {
    checkState(!closed, "step '%s' was submitted to a closed executor", chunk.step());
    try {
      Envelope.check(chunk);
    } catch (EnvelopeException e) {
      throw new ExecutorUnavailableException(Text.why(e), e);
    }
    connected().traffic().add(chunk, listener);
  }

  /** The cluster; is looked for if it was not yet. */
  RayConnection reach() throws ExecutorUnavailableException {
    return connected().connection();
  }

  private Connected connected() throws ExecutorUnavailableException {
    Connected there = connected;
    if (there == null) {
      there = connect();
      connected = there;
    }
    return there;
  }

  private Connected connect() throws ExecutorUnavailableException {
    RayPlace place = RayPlace.find(settings.address(), settings.jar(), System.getenv());
    try {
      String code = shelf.lay(userCode);
      Path bootstrap = shelf.bootstrap();
      StorePlace store =
          StorePlace.of(
              setting.storeFolder().toAbsolutePath(), FartherStores.foldersBehind(setting.store()));
      Path channel = channel(store);
      TaskFrames frames =
          new TaskFrames(
              shelf.folder(),
              code,
              store,
              setting.store().freeSpaceFloor(),
              channel,
              settings.grace().toMillis());
      TaskFiles files = new TaskFiles(channel);
      RayConnection connection = RayConnection.to(place, bootstrap);
      Traffic traffic =
          new Traffic(
              files,
              new Waiting(
                  new Capacity(connection.nodes()), setting.maxParallel(), settings.chunk()),
              new Unplaceable(settings.scaleUp().toNanos()),
              settings.grace().toNanos(),
              ticker);
      Thread dispatcher =
          new Thread(
              new Dispatcher(
                  setting.run(),
                  connection,
                  traffic,
                  frames,
                  setting.store(),
                  () -> shelf.keep(code, bootstrap),
                  ticker),
              "reprise-ray-" + setting.run());
      dispatcher.setDaemon(true);
      dispatcher.start();
      return new Connected(connection, traffic, files, dispatcher);
    } catch (RuntimeException e) {
      throw new ExecutorUnavailableException(
          "the Ray cluster at %s does not tell what nodes it has: %s; see with 'ray status' whether its head works, or start it anew"
              .formatted(place.address(), Text.why(e)),
          e);
    } catch (IOException e) {
      throw new ExecutorUnavailableException(
          "code for Ray's workers cannot be laid out in %s: %s; name a folder that all nodes reach with -Dreprise.ray.code"
              .formatted(shelf.folder(), e),
          e);
    }
  }

  /**
   * Makes the folder of the tasks' files: in the store, or with the code if that lies where all
   * nodes reach it and the store does not, since it is above one that can only be read.
   */
  private Path channel(StorePlace store) throws IOException {
    Path folder = Path.of(store.folder());
    if (!store.below().isEmpty() && !shelf.folder().startsWith(folder)) {
      return shelf.channel();
    }
    Path runs = Files.createDirectories(folder.resolve("tmp").resolve(setting.run()));
    return Files.createTempDirectory(runs, "ray-");
  }

  @Override
  public void cancel(long[] attempts) {
    Connected there = connected;
    if (there != null) {
      there.traffic().cancel(Arrays.stream(attempts).boxed().collect(Collectors.toSet()));
    }
  }

  /** Takes at most the grace and some seconds. */
  @Override
  public void close() {
    Connected there = connected;
    if (closed || there == null) {
      closed = true;
      return;
    }
    closed = true;
    there.traffic().close();
    try {
      there.dispatcher().join((settings.grace().toNanos() + 2 * Traffic.SLACK_NANOS) / 1_000_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    there.traffic().end();
    there.files().removeFolder();
  }
}
