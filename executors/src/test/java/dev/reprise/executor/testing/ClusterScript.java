package dev.reprise.executor.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A script with which users start and stop an engine on their machine. */
public final class ClusterScript {
  /** How long it may take to start one, which it installs first if it is not there yet. */
  public static final int START_MINUTES = 12;

  private static final int STOP_MINUTES = 1;

  private final Path script;
  private final Path state;

  /**
   * @param state a folder for what the script notes; each has its own cluster
   */
  public ClusterScript(Path script, Path state) {
    this.script = script.toAbsolutePath().normalize();
    this.state = state;
  }

  /** Starts a cluster. */
  public void start(String... options) throws IOException, InterruptedException {
    run(START_MINUTES, "start", options);
  }

  /** Stops it. */
  public void stop() throws IOException, InterruptedException {
    run(STOP_MINUTES, "stop");
  }

  private void run(int minutes, String command, String... options)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("bash", script.toString(), command));
    words.addAll(List.of(options));
    Path log = state.resolve("script.log");
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().put("XDG_STATE_HOME", state.toString());
    Process process =
        builder
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    process.getOutputStream().close();
    if (!process.waitFor(minutes, TimeUnit.MINUTES) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException(words + " failed: " + Files.readString(log, UTF_8));
    }
  }
}
