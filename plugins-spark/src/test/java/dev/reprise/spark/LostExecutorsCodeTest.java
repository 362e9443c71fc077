package dev.reprise.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.base.Folders;
import dev.reprise.cache.base.Ticker;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Lost;
import dev.reprise.executor.AttemptResult.Success;
import dev.reprise.executor.TaskExecutor;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Executors that come and go while a step on datasets runs: FAULTS rows 60 and 61. */
@Timeout(240)
class LostExecutorsCodeTest extends UserCodeHarness {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Each partition leaves a mark with the process that makes it, and waits until it may end. */
  private static final String TASK =
      """
      public static org.apache.spark.sql.Dataset<String> task(
          org.apache.spark.sql.SparkSession spark, String mark) {
        return spark.range(0, 3, 1, 3).map(
            (org.apache.spark.api.java.function.MapFunction<Long, String>) each -> {
              String says = Lib.version();
              java.nio.file.Files.writeString(
                  java.nio.file.Path.of(mark + each + "-" + ProcessHandle.current().pid()), says);
              while (!java.nio.file.Files.exists(java.nio.file.Path.of(mark + "end" + each))) {
                Thread.sleep(50);
              }
              return says;
            },
            org.apache.spark.sql.Encoders.STRING());
      }
      """;

  private final Ticker ticker = Ticker.system();
  private final Set<Long> killed = new HashSet<>();
  private Path theirs;
  private Path drivers;
  private Path job;

  @BeforeEach
  void start() throws Exception {
    theirs = folder.resolve("theirs.jar");
    drivers = lib("mylib.jar", "the driver's");
    job = UserJars.make(folder.resolve("job.jar"), "Job", TASK, drivers);
    startSpark(theirs);
  }

  @Test
  void unit_executorWithOtherCodeMadeAPartAndLeft_isLostAndNotKept() throws Exception {
    Path other = lib("other.jar", "another");
    ClassLoader userCode = UserJars.loader(job, drivers);
    try (TaskExecutor executor = open(userCode)) {
      long attempt = submit(executor, userCode);
      end(0, "the driver's");
      makerOf(1, "the driver's");

      Files.copy(other, theirs);
      kill(makerOf(1, "the driver's"));
      end(1, "another");
      long second = makerOf(2, "another");
      Files.delete(theirs);
      kill(second);
      end(2, "the driver's");

      AttemptResult result = answers.await(attempt);
      assertThat(((Lost) result).why())
          .contains("executor 1 ran tasks and left before its code could be compared");
    }
  }

  @Test
  void unit_executorWasAskedAndLeft_itsPartsAreKept() throws Exception {
    ClassLoader userCode = UserJars.loader(job, drivers);
    try (TaskExecutor executor = open(userCode)) {
      long attempt = submit(executor, userCode);
      end(0, "the driver's");
      kill(makerOf(1, "the driver's"));
      end(1, "the driver's");
      end(2, "the driver's");

      assertThat(answers.await(attempt)).isInstanceOf(Success.class);
    }
  }

  private long submit(TaskExecutor executor, ClassLoader userCode) throws Exception {
    var chunk = work.unit(code(userCode), mark.toString());
    executor.submit(chunk, answers);
    return chunk.units().get(0).attempt();
  }

  /** The process that makes a partition, which has a library that says so. */
  private long makerOf(int partition, String says) throws Exception {
    long end = ticker.nanos() + PATIENCE.toNanos();
    while (ticker.nanos() < end) {
      try (DirectoryStream<Path> marks =
          Files.newDirectoryStream(folder, "mark" + partition + "-*")) {
        for (Path each : marks) {
          String name = each.getFileName().toString();
          long process = Long.parseLong(name.substring(name.indexOf('-') + 1));
          if (!killed.contains(process) && Files.readString(each).equals(says)) {
            return process;
          }
        }
      }
      Thread.sleep(50);
    }
    throw new AssertionError(
        "no executor has begun partition %s with a library that says '%s' for %s s; there is %s"
            .formatted(partition, says, PATIENCE.toSeconds(), Folders.list(folder)));
  }

  private void end(int partition, String says) throws Exception {
    makerOf(partition, says);
    Files.createFile(folder.resolve("markend" + partition));
  }

  private void kill(long process) {
    killed.add(process);
    ProcessHandle.of(process).orElseThrow().destroyForcibly();
  }
}
