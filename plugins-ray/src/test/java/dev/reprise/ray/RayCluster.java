package dev.reprise.ray;

import dev.reprise.executor.ExecutorFactory.Setting;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.executor.testing.ClusterScript;
import java.io.File;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * A real cluster of one node for the tests of this process, started and stopped by the script that
 * users have. Stopped when the process ends.
 */
final class RayCluster {
  private static RayCluster shared;

  private final Path state;
  private final ClusterScript script;
  private final Properties record = new Properties();

  private RayCluster(Path state) {
    this.state = state;
    this.script = new ClusterScript(Path.of("src/main/scripts/cluster"), state);
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
    cluster.script.start("--cpus", "2", "--no-dashboard");
    try (Reader in = Files.newBufferedReader(cluster.state.resolve("reprise/ray/cluster"))) {
      cluster.record.load(in);
    }
    return cluster;
  }

  void stop() {
    try {
      script.stop();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
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
