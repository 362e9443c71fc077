package dev.reprise.ray;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.executor.ExecutorFactory.Setting;
import dev.reprise.executor.TaskExecutor;
import java.io.File;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A real cluster of one node for the tests of this process, started and stopped by the script that
 * users have. Stopped when the process ends.
 */
final class RayCluster {
  /** What the script needs to install Ray, if it is not there yet. */
  static final int START_MINUTES = 12;

  private static final Path SCRIPT = Path.of("src/main/scripts/cluster").toAbsolutePath();
  private static RayCluster shared;

  private final Path state;
  private final Properties record = new Properties();

  private RayCluster(Path state) {
    this.state = state;
  }

  static synchronized RayCluster shared() throws IOException, InterruptedException {
    if (shared == null) {
      shared = start();
    }
    return shared;
  }

  /** Surefire says that the working folder is on the class path, which it is not. */
  private static void correctClassPath() {
    String path = System.getProperty("java.class.path");
    System.setProperty("java.class.path", path.replaceAll(File.pathSeparator + "+$", ""));
  }

  static RayCluster start() throws IOException, InterruptedException {
    correctClassPath();
    Path target = Files.createDirectories(Path.of("target").toAbsolutePath());
    RayCluster cluster = new RayCluster(Files.createTempDirectory(target, "ray-state-"));
    Runtime.getRuntime().addShutdownHook(new Thread(cluster::stop));
    cluster.script(START_MINUTES, "start", "--cpus", "2", "--no-dashboard");
    try (Reader in = Files.newBufferedReader(cluster.state.resolve("reprise/ray/cluster"))) {
      cluster.record.load(in);
    }
    return cluster;
  }

  void stop() {
    try {
      script(1, "stop");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void script(int minutes, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("bash", SCRIPT.toString()));
    command.addAll(List.of(arguments));
    Path log = state.resolve("script.log");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("XDG_STATE_HOME", state.toString());
    Process process =
        builder
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    process.getOutputStream().close();
    if (!process.waitFor(minutes, TimeUnit.MINUTES) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException(command + " failed: " + Files.readString(log, UTF_8));
    }
  }

  /** Options of an executor that uses it. */
  Map<String, String> options() {
    return Map.of(
        "ray.address",
        record.getProperty("address"),
        "ray.jar",
        record.getProperty("jar"),
        // Outlives the tests' own stores, as the process's one connection does.
        "ray.code",
        Path.of("target", "ray-code").toAbsolutePath().toString(),
        "ray.grace",
        "500ms");
  }

  /** Opens an executor on it. */
  TaskExecutor open(Setting setting) {
    TreeMap<String, String> options = new TreeMap<>(options());
    options.putAll(setting.options());
    return new RayExecutorFactory()
        .open(
            new Setting(
                setting.run(),
                setting.store(),
                setting.storeFolder(),
                setting.maxParallel(),
                options));
  }
}
