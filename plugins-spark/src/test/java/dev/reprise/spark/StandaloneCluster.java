package dev.reprise.spark;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.executor.testing.ClusterScript;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A real standalone cluster, started and stopped by the script that users have. */
final class StandaloneCluster implements AutoCloseable {
  private final Path state;
  private final ClusterScript script;

  private StandaloneCluster(Path state) {
    this.state = state;
    this.script = new ClusterScript(Path.of("..", "src/main/scripts/cluster"), state);
  }

  /** Starts one of two workers, with a slot each. */
  static StandaloneCluster start(Path state) throws IOException, InterruptedException {
    StandaloneCluster cluster = new StandaloneCluster(state);
    cluster.script.start("--workers", "2");
    return cluster;
  }

  /** Its {@code spark://} address. */
  String address() throws IOException {
    return Files.readString(state.resolve("reprise/spark/address")).strip();
  }

  /** What a command that ran here came to. */
  record Ended(int code, String out, String err) {}

  /**
   * Runs {@code spark-submit} to its end.
   *
   * @param environment in addition to this process's
   */
  Ended submit(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    Submitted submitted = begin(environment, arguments);
    if (!submitted.process().waitFor(6, TimeUnit.MINUTES)) {
      submitted.process().destroyForcibly();
      throw new IOException(List.of(arguments) + " does not end: " + submitted.read());
    }
    return submitted.read();
  }

  /** A running {@code spark-submit}. */
  record Submitted(Process process, Path out, Path err) {
    Ended read() throws IOException {
      int code = process.isAlive() ? -1 : process.exitValue();
      return new Ended(code, Files.readString(out, UTF_8), Files.readString(err, UTF_8));
    }
  }

  Submitted begin(Map<String, String> environment, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(home().resolve("bin/spark-submit").toString());
    command.addAll(List.of("--master", address()));
    command.addAll(List.of("--conf", "spark.ui.enabled=false"));
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile(state, "submit", ".out");
    Path err = Files.createTempFile(state, "submit", ".err");
    ProcessBuilder builder = new ProcessBuilder(command).directory(state.toFile());
    builder.environment().put("SPARK_HOME", home().toString());
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.environment().putAll(environment);
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    process.getOutputStream().close();
    return new Submitted(process, out, err);
  }

  /** Where the script has laid Spark. */
  private static Path home() throws IOException {
    String cache = System.getenv("XDG_CACHE_HOME");
    Path lib =
        (cache == null ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache))
            .resolve("reprise/spark-4.2.0/lib");
    try (DirectoryStream<Path> python = Files.newDirectoryStream(lib, "python3*")) {
      return python.iterator().next().resolve("site-packages/pyspark");
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    script.stop();
  }
}
