package dev.reprise.ray.worker;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.HostName;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.store.StorePlace;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.envelope.Envelope;
import dev.reprise.worker.OutputCapture;
import dev.reprise.worker.Worker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/**
 * Runs chunks in a worker process of Ray: from the bytes of a {@link ChunkFrame} to those of a
 * {@link ChunkReply}. What user code throws is in the reply; what is thrown from here is a failure
 * of the worker.
 */
public final class ChunkRunner implements Function<byte[], byte[]> {
  private final String host = HostName.find();
  private final Map<StoreUse, Worker> workers = new HashMap<>();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "reprise-unit");
            thread.setDaemon(true);
            return thread;
          });
  private final Undertaker undertaker = new Undertaker();

  /** For the bootstrap. */
  public ChunkRunner() {
    OutputCapture.open(); // for as long as the process lives
    Runtime.getRuntime().addShutdownHook(new Thread(undertaker::tellExit, "reprise-exit"));
  }

  @Override
  public byte[] apply(byte[] bytes) {
    long begun = Ticker.system().nanos();
    try {
      ChunkFrame frame = ChunkFrame.decode(bytes);
      WorkChunk chunk = Envelope.unpackChunk(frame.chunk());
      Worker worker = worker(frame);
      undertaker.enter();
      String who = "process %s on %s".formatted(ProcessHandle.current().pid(), host);
      try (TaskFiles.Begun files =
          new TaskFiles(Path.of(frame.channel())).begin(frame.task(), who)) {
        if (files == null) {
          return new ChunkReply(0, false, List.of(), List.of()).encode();
        }
        ChunkRun run =
            new ChunkRun(
                chunk,
                worker,
                files,
                Duration.ofMillis(frame.graceMillis()),
                begun + frame.budgetNanos(),
                undertaker);
        return run.go(threads, begun).encode();
      } finally {
        undertaker.leave();
      }
    } catch (IOException | BadRecordException e) {
      throw new IllegalStateException(e.getMessage(), e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("the worker was interrupted", e);
    }
  }

  private record StoreUse(StorePlace place, long freeSpaceFloor) {}

  private synchronized Worker worker(ChunkFrame frame) throws IOException {
    StoreUse store = new StoreUse(frame.store(), frame.freeSpaceFloor());
    Worker worker = workers.get(store);
    if (worker == null) {
      worker =
          new Worker(
                  "ray-" + ProcessHandle.current().pid(),
                  open(store),
                  ChunkRunner.class.getClassLoader(),
                  Ticker.system(),
                  host)
              .withCodeFrom("what " + frame.code() + " lists");
      workers.put(store, worker);
    }
    return worker;
  }

  private static ResultStore open(StoreUse store) throws IOException {
    return store.place().open(FileResultStore.Settings.ofWorker(store.freeSpaceFloor()));
  }
}
