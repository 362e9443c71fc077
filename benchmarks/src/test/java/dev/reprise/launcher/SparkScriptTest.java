package dev.reprise.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script behind 'reprise cluster spark', with a Spark that only says what the script waits for.
 */
@EnabledOnOs(OS.LINUX)
class SparkScriptTest {
  private static final String SPARK_CLASS =
      """
      #!/usr/bin/env bash
      case $1 in
        *Master) echo 'I have been elected leader' ;;
        *) echo 'Successfully registered with master' ;;
      esac
      while true; do sleep 0.1; done
      """;

  @TempDir Path folder;
  private Path install;

  @BeforeEach
  void makeSpark() throws IOException {
    Path script = script();
    String version =
        Files.readAllLines(script).stream()
            .filter(line -> line.startsWith("version="))
            .map(line -> line.replaceAll("version=([0-9.]+).*", "$1"))
            .findFirst()
            .orElseThrow();
    install = folder.resolve("cache/reprise/spark-" + version);
    Path bin = install.resolve("lib/python3.12/site-packages/pyspark/bin");
    Files.createDirectories(bin);
    Path starter = Files.writeString(bin.resolve("spark-class"), SPARK_CLASS);
    assertThat(starter.toFile().setExecutable(true)).isTrue();
  }

  private static Path script() {
    return Path.of("../plugins-spark/src/main/scripts/cluster").toAbsolutePath().normalize();
  }

  private ProcessBuilder cluster(String... args) {
    ProcessBuilder process = new ProcessBuilder("bash", script().toString());
    process.command().addAll(List.of(args));
    process.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());
    process.environment().put("XDG_STATE_HOME", folder.resolve("state").toString());
    process.redirectErrorStream(true).redirectOutput(folder.resolve("output").toFile());
    return process;
  }

  private void run(String... args) throws Exception {
    Process process = cluster(args).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(folder.resolve("output"))).isZero();
  }

  private ProcessHandle named(String file) throws IOException {
    String pid = Files.readString(folder.resolve("state/reprise/spark").resolve(file)).strip();
    return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
  }

  @AfterEach
  void stop() throws Exception {
    run("stop");
  }

  @Test
  void start_masterDiedAndWorkersLive_endsThemFirst() throws Exception {
    Files.createFile(install.resolve("complete"));
    run("start", "--workers", "1");
    ProcessHandle orphan = named("worker-1.pid");
    named("master.pid").destroyForcibly();
    named("master.pid").onExit().get(10, TimeUnit.SECONDS);

    run("start", "--workers", "1");

    orphan.onExit().get(10, TimeUnit.SECONDS);
    assertThat(named("worker-1.pid").isAlive()).isTrue();
  }

  @Test
  void start_anotherFetchesSpark_waitsAndFetchesNothing() throws Exception {
    Path python = folder.resolve("bin/python3");
    Files.createDirectories(python.getParent());
    Files.writeString(
        python,
        "#!/usr/bin/env bash\n[ \"$1\" = -m ] && touch '%s'; echo 4711\n"
            .formatted(folder.resolve("fetched")));
    assertThat(python.toFile().setExecutable(true)).isTrue();
    Path lock = folder.resolve("cache/reprise/spark-install.lock");
    Process other = new ProcessBuilder("flock", lock.toString(), "cat").start();
    other.getOutputStream().write('\n');
    other.getOutputStream().flush();
    assertThat(other.getInputStream().read()).isEqualTo('\n'); // it has the lock

    ProcessBuilder start = cluster("start", "--workers", "1");
    start.environment().merge("PATH", python.getParent().toString(), (path, in) -> in + ":" + path);
    Process process = start.start();
    assertThat(process.waitFor(1, TimeUnit.SECONDS)).isFalse();
    Files.createFile(install.resolve("complete"));
    other.getOutputStream().close();

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    assertThat(folder.resolve("fetched")).doesNotExist();
  }
}
