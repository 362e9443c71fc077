package dev.reprise.bench.ray;

import static dev.reprise.cache.base.Checks.checkState;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

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
  private final Properties record = new Properties();
  private final Thread onExit = new Thread(this::stop, "reprise-bench-cluster");

  private RayHere(Path state) {
    this.state = state;
  }

  /**
   * Starts it.
   *
   * @param folder for what the script notes
   */
  static RayHere start(Path folder) throws IOException, InterruptedException {
    RayHere cluster = new RayHere(Files.createDirectories(folder.resolve("cluster")));
    Runtime.getRuntime().addShutdownHook(cluster.onExit);
    cluster.run(START_MINUTES, "start", "--cpus", "" + CORES, "--no-dashboard");
    try (Reader in = Files.newBufferedReader(cluster.state.resolve("reprise/ray/cluster"))) {
      cluster.record.load(in);
    }
    return cluster;
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

  private void run(int minutes, String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("bash", script().toString()));
    command.addAll(List.of(words));
    Path log = state.resolve("script.log");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("XDG_STATE_HOME", state.toString());
    // Two drivers take turns, and while one works, the workers of the other stay.
    builder.environment().put("RAY_num_workers_soft_limit", "" + 4 * CORES);
    Process process =
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())).start();
    process.getOutputStream().close();
    boolean ended = process.waitFor(minutes, TimeUnit.MINUTES);
    process.destroyForcibly();
    checkState(ended && process.exitValue() == 0, "%s failed: %s", command, Files.readString(log));
  }

  /** In the source tree that this was built from. */
  private static Path script() {
    try {
      // …/benchmarks/target/classes, or a jar beside it.
      Path code =
          Path.of(RayHere.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      Path script = code.resolve("../../..").normalize().resolve(SCRIPT);
      checkState(
          Files.exists(script),
          "there is no %s, which starts a cluster; call ./reprise of the source tree",
          script);
      return script;
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private void stop() {
    try {
      run(STOP_MINUTES, "stop");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(onExit);
    stop();
  }
}
