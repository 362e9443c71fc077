package dev.reprise.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.spark.StandaloneCluster.Ended;
import dev.reprise.spark.StandaloneCluster.Submitted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run on a real cluster of which something dies: executor killed, driver killed, cluster stopped
 * in the middle. Nothing partial is kept, and the next run goes on.
 */
@Timeout(900)
class FaultsSubmitTest {
  private static final Path REPRISE = Path.of("reprise-spark.jar").toAbsolutePath();

  /** A unit per file, each noted when it begins; slow ones wait until they may go on. */
  private static final String PIPELINE =
      """
      static int size(java.nio.file.Path file) throws Exception {
        var folder = file.getParent();
        String name = file.getFileName().toString();
        java.nio.file.Files.writeString(folder.resolve(name + ".pid"),
            "" + ProcessHandle.current().pid());
        java.nio.file.Files.writeString(folder.resolve("log"), name + " ",
            java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.APPEND);
        while (name.startsWith("slow") && java.nio.file.Files.notExists(folder.resolve("go"))) {
          Thread.sleep(50);
        }
        return (int) java.nio.file.Files.size(file);
      }
      static int sum(java.util.List<Integer> sizes) {
        return sizes.stream().mapToInt(Integer::intValue).sum();
      }
      static void define(dev.reprise.api.Pipeline.Builder p) {
        var files = p.files("files", p.param("data", java.nio.file.Path.of("data")), "*.txt");
        var sizes = p.perPartition("sizes", dev.reprise.task.Tasks.task(Pipeline::size), files);
        p.result("sum", p.step("sum", dev.reprise.task.Tasks.task(Pipeline::sum), sizes.all()));
      }
      public static void main(String[] args) {
        dev.reprise.Reprise.main(args, Pipeline::define);
      }
      """;

  private static final Pattern UNIT_RAN =
      Pattern.compile(
          "\"event\":\"unit\".*\"step\":\"sizes\".*\"label\":\"([^\"]*)\",\"outcome\":\"RAN\"");

  @TempDir private Path folder;
  private StandaloneCluster cluster;
  private Path data;
  private Path job;

  @BeforeEach
  @Timeout(900)
  void start() throws Exception {
    data = Files.createDirectory(folder.resolve("data"));
    for (String name : List.of("a", "b", "slow-c", "slow-d")) {
      Files.writeString(data.resolve(name + ".txt"), name);
    }
    job = UserJars.make(folder.resolve("my.jar"), "Pipeline", PIPELINE);
    cluster = StandaloneCluster.start(folder);
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
  }

  private Submitted begin() throws IOException {
    return cluster.begin(
        Map.of(),
        "--class",
        "com.acme.Pipeline",
        "--jars",
        REPRISE.toString(),
        "--conf",
        "spark.reprise.home=" + folder.resolve("home"),
        "--conf",
        "spark.reprise.spark.start-timeout=60s",
        job.toString(),
        "run",
        "--executor",
        "spark",
        "--param",
        "data=" + data,
        "--console=json");
  }

  /** Waits until the quick units are through and kept, and the slow ones run. */
  private void awaitTheMiddle(Submitted run) throws Exception {
    Instant end = Instant.now().plus(Duration.ofMinutes(5));
    while (begun().size() < 4 || finished(run).size() < 2) {
      assertThat(run.process().isAlive()).as("%s", run.read()).isTrue();
      assertThat(Instant.now())
          .as("4 units begun and 2 finished, not %s and %s: %s", begun(), finished(run), run.read())
          .isBefore(end);
      Thread.sleep(100);
    }
    assertThat(finished(run)).containsExactlyInAnyOrder("a.txt", "b.txt");
  }

  /** Labels of the units that ended well; a unit ends when its result is kept. */
  private static List<String> finished(Submitted run) throws IOException {
    return UNIT_RAN.matcher(run.read().out()).results().map(event -> event.group(1)).toList();
  }

  private List<String> begun() throws IOException {
    Path log = data.resolve("log");
    return Files.exists(log) ? List.of(Files.readString(log).strip().split(" ")) : List.of();
  }

  /** The process that runs a unit. */
  private ProcessHandle executorOf(String name) throws IOException {
    String pid = Files.readString(data.resolve(name + ".txt.pid"));
    return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
  }

  private int count(String name) throws IOException {
    return Collections.frequency(begun(), name + ".txt");
  }

  private static Ended await(Submitted run) throws Exception {
    assertThat(run.process().waitFor(6, TimeUnit.MINUTES)).as("%s", run.read()).isTrue();
    return run.read();
  }

  private void goOn() throws IOException {
    Files.createFile(data.resolve("go"));
  }

  private void finish() throws Exception {
    goOn();
    Ended next = await(begin());
    assertThat(next.code()).as(next.err()).isZero();
    assertThat(List.of(count("a"), count("b"))).as("kept by the first run").containsOnly(1);
    assertThat(List.of(count("slow-c"), count("slow-d"))).containsOnly(2);
  }

  @Test
  void run_executorIsKilledInTheMiddle_succeeds() throws Exception {
    Submitted run = begin();
    awaitTheMiddle(run);

    ProcessHandle killed = executorOf("slow-c");
    boolean ranBoth = killed.equals(executorOf("slow-d")); // as Spark placed them
    killed.destroyForcibly();
    killed.onExit().get(1, TimeUnit.MINUTES);
    goOn();

    Ended ended = await(run);
    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(count("slow-c")).as("what it ran, ran again").isEqualTo(2);
    assertThat(count("slow-d")).isEqualTo(ranBoth ? 2 : 1);
    assertThat(List.of(count("a"), count("b"))).containsOnly(1);
  }

  @Test
  void run_driverIsKilledInTheMiddle_nextRunGoesOn() throws Exception {
    Submitted run = begin();
    awaitTheMiddle(run);

    run.process().destroyForcibly();
    run.process().waitFor();

    finish();
  }

  @Test
  void run_clusterIsStoppedInTheMiddle_isExitCode4AndTheNextRunGoesOn() throws Exception {
    Submitted run = begin();
    awaitTheMiddle(run);

    cluster.close();

    Ended ended = await(run);
    assertThat(ended.code()).as(ended.err()).isEqualTo(4);
    assertThat(ended.err()).contains("Spark");
    cluster = StandaloneCluster.start(folder);
    finish();
  }
}
