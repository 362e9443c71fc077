package dev.reprise.examples.flights;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The shipped pipeline on a real Ray cluster of one node: the same keys, so the same cache. */
@Timeout(value = 15, unit = TimeUnit.MINUTES) // Ray may have to be installed first
class FlightsOnRayTest {
  private static final String NOBODY = "127.0.0.1:1";

  @TempDir Path folder;

  @Test
  void run_afterALocalRun_executesNothingAndContactsNoCluster() throws Exception {
    assertThat(reprise("run", "flights")).contains("14 ran");

    assertThat(reprise("run", "flights", "--executor", "ray", "--ray-address", NOBODY))
        .contains("14 cached · 0 ran");
    assertThat(reprise("run", "flights", "--executor", "ray=local", "--ray-address", NOBODY))
        .contains("14 cached · 0 ran");
  }

  @Test
  void run_rayIsLocal_needsNoClusterAndHasTheSameKeys() throws Exception {
    assertThat(reprise("run", "flights", "--executor", "ray=local", "--ray-address", NOBODY))
        .contains("executor ray=local", "14 ran");

    assertThat(reprise("run", "flights")).contains("14 cached · 0 ran");
  }

  @Test
  void run_locallyAfterARunOnRay_executesNothing() throws Exception {
    cluster("start", "--cpus", "2", "--no-dashboard");
    try {
      assertThat(reprise("run", "flights", "--executor", "ray")).contains("14 ran");
    } finally {
      cluster("stop");
    }

    assertThat(reprise("run", "flights")).contains("14 cached · 0 ran");
  }

  private String reprise(String... arguments) throws Exception {
    // Surefire says that the working folder is on the class path, which it is not.
    String classPath =
        System.getProperty("java.class.path").replaceAll(File.pathSeparator + "+$", "");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--add-opens=java.base/java.nio=ALL-UNNAMED", "-Dfile.encoding=UTF-8"));
    command.addAll(List.of("-cp", classPath, "dev.reprise.cli.Main"));
    command.addAll(List.of(arguments));
    return output(command);
  }

  private void cluster(String... arguments) throws Exception {
    Path script = Path.of("..", "plugins-ray", "src", "main", "scripts", "cluster");
    List<String> command = new ArrayList<>(List.of("bash", script.toAbsolutePath().toString()));
    command.addAll(List.of(arguments));
    output(command);
  }

  private String output(List<String> command) throws Exception {
    File said = folder.resolve("said").toFile();
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("XDG_STATE_HOME", folder.resolve("state").toString());
    builder.environment().remove("RAY_ADDRESS");
    Process process = builder.redirectErrorStream(true).redirectOutput(said).start();
    try {
      assertThat(process.waitFor(14, TimeUnit.MINUTES)).as("%s ended", command).isTrue();
      String text = Files.readString(said.toPath(), UTF_8);
      assertThat(process.exitValue()).as(text).isZero();
      return text;
    } finally {
      process.destroyForcibly();
    }
  }
}
