package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.ClockedDriver;
import dev.reprise.api.Driver;
import dev.reprise.api.Pipeline;
import dev.reprise.cli.CliLab;
import dev.reprise.plan.Outcome;
import dev.reprise.run.RunListener.RunSummary;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunState;
import dev.reprise.task.Task2;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Failures that are kept beside results that are damaged, or that a whole makes needless. */
class KeptFailureDamageTest {
  private static final String LARGE = "0123456789".repeat(30_000);
  private static volatile boolean fails;

  @TempDir Path folder;
  private final ManualClock clock = new ManualClock();

  @BeforeEach
  @AfterEach
  void start() {
    fails = false;
    Bodies.take();
  }

  static String check(int number, String text) throws IOException {
    Bodies.ran("check");
    if (fails) {
      throw new IOException("not yet");
    }
    return number + text;
  }

  static String join(String left, String right) {
    Bodies.ran("join");
    return left + right;
  }

  static String copy(String text) {
    return text;
  }

  private static Task2<Integer, String, String> keeping() {
    return task(KeptFailureDamageTest::check)
        .keepFailures(Duration.ofMinutes(10), IOException.class);
  }

  private static Pipeline equal() {
    return Pipeline.define(
        "equal",
        p -> {
          p.step("a", keeping(), p.value(1), p.value(LARGE));
          p.step("b", keeping(), p.value(1), p.value(LARGE));
        });
  }

  private static Pipeline whole() {
    return Pipeline.define(
        "whole",
        p -> {
          var up = p.step("up", task(KeptFailureDamageTest::copy), p.value("x"));
          var out =
              p.nested(
                  "part",
                  in -> {
                    in.keptWhole();
                    var first = in.step("first", keeping(), in.value(1), in.value("y"));
                    return in.step("both", task(KeptFailureDamageTest::join), first, up);
                  });
          p.step("last", task(KeptFailureDamageTest::copy), out);
        });
  }

  private static Pipeline alone() {
    return Pipeline.define("alone", p -> p.step("first", keeping(), p.value(1), p.value("y")));
  }

  private Driver open() throws Exception {
    return ClockedDriver.open(folder.resolve("home"), clock);
  }

  private static RunSummary run(Driver driver, Pipeline pipeline) throws Exception {
    return driver.submit(pipeline, RunOptions.DEFAULT.withKeepGoing(true)).await();
  }

  private static Map<Outcome, Integer> outcomes(RunSummary summary) {
    return summary.outcomes();
  }

  private void removeBlobs() throws IOException {
    try (Stream<Path> all = Files.walk(folder.resolve("home/store"))) {
      List<Path> blobs = all.filter(file -> file.toString().contains("blob")).toList();
      for (Path blob : blobs.stream().filter(Files::isRegularFile).toList()) {
        Files.delete(blob);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void failure_whereABlobIsGone_isTakenByEqualUnitsAndTheNextRun(int most) throws Exception {
    RunOptions options = RunOptions.DEFAULT.withKeepGoing(true).withMaxParallel(most);
    try (Driver driver = open()) {
      assertThat(driver.submit(equal(), options).await().state()).isEqualTo(RunState.SUCCEEDED);
    }
    removeBlobs();
    clock.advance(Duration.ofMinutes(1));
    Bodies.take();
    fails = true;
    try (Driver driver = open()) {
      assertThat(outcomes(driver.submit(equal(), options).await()))
          .containsEntry(Outcome.FAILED, 2);
      assertThat(Bodies.take()).containsExactly("check");
      assertThat(outcomes(driver.submit(equal(), options).await()))
          .containsEntry(Outcome.FAILED, 2);
      assertThat(Bodies.take()).isEmpty();
      clock.advance(Duration.ofMinutes(10));
      fails = false;
      assertThat(driver.submit(equal(), options).await().state()).isEqualTo(RunState.SUCCEEDED);
      assertThat(Bodies.take()).containsExactly("check");
    }
  }

  @Test
  void failure_insideAPipelineThatIsFoundAsAWhole_isNotAsked() throws Exception {
    try (Driver driver = open()) {
      assertThat(run(driver, whole()).state()).isEqualTo(RunState.SUCCEEDED);
    }
    String home = folder.resolve("home").toString();
    CliLab lab = new CliLab(folder).with("p", p -> {});
    assertThat(lab.run("cache", "evict", "--step", "part.first", "--home", home).exit()).isZero();
    clock.advance(Duration.ofMinutes(1));
    fails = true;
    try (Driver driver = open()) {
      assertThat(run(driver, alone()).state()).isEqualTo(RunState.FAILED);
      Bodies.take();
      assertThat(outcomes(run(driver, whole())))
          .containsEntry(Outcome.CACHED, 3)
          .containsEntry(Outcome.SKIPPED, 1);
      assertThat(Bodies.take()).isEmpty();
    }
    assertThat(lab.run("cache", "evict", "--step", "part.both", "--home", home).exit()).isZero();
    clock.advance(Duration.ofMinutes(1));
    try (Driver driver = open()) {
      assertThat(run(driver, whole()).state()).as("it is needed now").isEqualTo(RunState.FAILED);
      assertThat(Bodies.take()).as("and not executed").isEmpty();
    }
  }
}
