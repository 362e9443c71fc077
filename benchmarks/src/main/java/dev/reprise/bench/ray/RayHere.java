package dev.reprise.bench.ray;

import static dev.reprise.cache.base.Checks.checkState;

import dev.reprise.bench.compare.SourceTree;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A cluster on free ports of this machine that both sides of a comparison use, started and stopped
 * by the script that users have; stopped also if the process is ended before. The first start
 * installs Ray.
 */
final class RayHere implements AutoCloseable {
  static final int CORES = 2;

  private static final String SCRIPT = "plugins-ray/src/main/scripts/cluster";
  private static final int START_MINUTES = 12;
  private static final int STOP_MINUTES = 1;

  private final Path state;
  private final Map<String, String> settings;
  private final Properties record = new Properties();
  private final Thread onExit = new Thread(this::stopOnExit, "reprise-bench-cluster");

  private @Nullable Process starting; // this and the next: holding this
  private boolean stopped;

  private RayHere(Path state, Map<String, String> settings) {
    this.state = state;
    this.settings = settings;
  }

  /** Starts it as users do, see {@link #start(Path, Map)}. */
  static RayHere start(Path folder) throws IOException, InterruptedException {
    return start(folder, Map.of());
  }

  /**
   * Starts it. If that fails or is interrupted, nothing of it is left.
   *
   * @param folder for what the script notes; must stay until it is closed
   * @param settings variables in the environment of the cluster's processes
   */
  static RayHere start(Path folder, Map<String, String> settings)
      throws IOException, InterruptedException {
    RayHere cluster = new RayHere(Files.createDirectories(folder.resolve("cluster")), settings);
    Runtime.getRuntime().addShutdownHook(cluster.onExit);
    try {
      cluster.start();
      try (Reader in = Files.newBufferedReader(cluster.state.resolve("reprise/ray/cluster"))) {
        cluster.record.load(in);
      }
      return cluster;
    } catch (IOException | InterruptedException | RuntimeException e) {
      AfterFailure.close(e, cluster);
      throw e;
    }
  }

  /** Host and port of its head. */
  String address() {
    return record.getProperty("address");
  }

  /** Its own {@code ray_dist.jar}. */
  Path jar() {
    return Path.of(record.getProperty("jar"));
  }

  /** All of its processes, workers included. */
  Stream<ProcessHandle> processes() {
    return ProcessHandle.of(Long.parseLong(record.getProperty("pid"))).stream()
        .flatMap(head -> Stream.concat(Stream.of(head), head.descendants()));
  }

  private void start() throws IOException, InterruptedException {
    Process process;
    synchronized (this) {
      checkState(!stopped, "the cluster is stopped before it is started");
      process = script("start", "--cpus", "" + CORES, "--no-dashboard");
      starting = process;
    }
    await(process, START_MINUTES);
  }

  private void stop() throws IOException, InterruptedException {
    Process process;
    synchronized (this) {
      stopped = true;
      process = starting;
    }
    if (process != null) {
      end(process);
    }
    await(script("stop"), STOP_MINUTES);
  }

  private Process script(String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of("bash", scriptOfUsers().toString()));
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("XDG_STATE_HOME", state.toString());
    // Two drivers take turns, and while one works, the workers of the other stay.
    builder.environment().put("RAY_num_workers_soft_limit", "" + 4 * CORES);
    builder.environment().putAll(settings);
    Process process =
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile())).start();
    process.getOutputStream().close();
    return process;
  }

  private void await(Process script, int minutes) throws IOException, InterruptedException {
    try {
      if (!script.waitFor(minutes, TimeUnit.MINUTES) || script.exitValue() != 0) {
        throw new IllegalStateException(
            "the script of the cluster failed: " + Files.readString(log()));
      }
    } finally {
      end(script);
    }
  }

  /** Ends the script if it has not ended; it takes along what it has begun. */
  private static void end(Process script) throws InterruptedException {
    script.destroy();
    if (!script.waitFor(STOP_MINUTES, TimeUnit.MINUTES)) {
      script.destroyForcibly();
    }
  }

  private Path log() {
    return state.resolve("script.log");
  }

  private static Path scriptOfUsers() {
    return SourceTree.file(SCRIPT, "which starts a cluster");
  }

  private void stopOnExit() {
    try {
      stop();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Stops it. If this process is ending, which stops it too, this does not return: what the caller
   * would do next, tell of a failure or delete folders, gets in the way.
   */
  @Override
  public void close() throws IOException, InterruptedException {
    try {
      Runtime.getRuntime().removeShutdownHook(onExit);
    } catch (IllegalStateException e) {
      new CountDownLatch(1).await();
    }
    stop();
  }
}
