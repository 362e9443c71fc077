package dev.reprise.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.cache.testing.Shows;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Lost;
import dev.reprise.executor.AttemptResult.Success;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.TaskExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Executors in processes of their own run the driver's code or none: FAULTS rows 60 and 61, jar
 * skew between driver and executor, and row 72, resources.
 */
@Timeout(240)
class DriversCodeTest extends UserCodeHarness {
  /** Returns what the library says, and leaves a mark in a file so that it shows if it ran. */
  private static final String TASK =
      """
      public static String task(String mark) throws Exception {
        java.nio.file.Files.createFile(java.nio.file.Path.of(mark));
        return Lib.version();
      }
      """;

  private static final String DATASET_TASK =
      """
      public static org.apache.spark.sql.Dataset<String> task(
          org.apache.spark.sql.SparkSession spark, String mark) {
        return spark.range(0, 4, 1, 4).map(
            (org.apache.spark.api.java.function.MapFunction<Long, String>) each -> {
              java.nio.file.Files.createFile(java.nio.file.Path.of(mark + each));
              return Lib.version();
            },
            org.apache.spark.sql.Encoders.STRING());
      }
      """;

  private static final String WORDS = "com/acme/words.txt";

  private static final String READER =
      """
      public static String task(String mark) throws Exception {
        java.nio.file.Files.createFile(java.nio.file.Path.of(mark));
        return words();
      }
      private static String words() throws Exception {
        try (var in = Job.class.getResourceAsStream("/com/acme/words.txt")) {
          return new String(in.readAllBytes());
        }
      }
      """;

  private static final String DATASET_READER =
      DATASET_TASK.replace("Lib.version()", "words()")
          + READER.substring(READER.indexOf("private static"));

  @Test
  @Shows("Fault 61")
  void unit_executorHasOtherVersionOfItsLibrary_isRefusedBeforeUserCodeRuns() throws Exception {
    Path old = lib("mylib-1.0.jar", "version 1");
    Path now = lib("mylib-2.0.jar", "version 2");
    ClassLoader userCode = UserJars.loader(job(TASK, now), now);
    startSpark(old);

    try (TaskExecutor executor = open(userCode)) {
      assertThat(refusal(executor, userCode))
          .contains("com.acme.Lib", old.toString(), sha256(old), now.toString(), sha256(now))
          .contains("spark.executor.extraClassPath");
      assertThatExceptionOfType(ExecutorUnavailableException.class)
          .as("the run ends, with exit 4")
          .isThrownBy(() -> run(executor, code(userCode)))
          .withMessageContaining("com.acme.Lib");
    }
  }

  @Test
  void unitOnDatasets_executorHasOtherVersionOfItsLibrary_isRefusedBeforeUserCodeRuns()
      throws Exception {
    Path old = lib("mylib-1.0.jar", "version 1");
    Path now = lib("mylib-2.0.jar", "version 2");
    ClassLoader userCode = UserJars.loader(job(DATASET_TASK, now), now);
    startSpark(old);

    try (TaskExecutor executor = open(userCode)) {
      assertThat(refusal(executor, userCode)).contains("com.acme.Lib", sha256(old), sha256(now));
      assertThatExceptionOfType(ExecutorUnavailableException.class)
          .isThrownBy(() -> run(executor, code(userCode)));
    }
  }

  @Test
  void unit_executorHasOtherResource_isRefusedBeforeUserCodeRuns() throws Exception {
    Path old = UserJars.withFile(folder.resolve("old"), WORDS, "old words");
    Path now = UserJars.withFile(folder.resolve("now"), WORDS, "new words");
    startSpark(old);

    assertThat(refusal(UserJars.loader(job(READER), now), WORDS))
        .contains("another resource " + WORDS, old.toString(), now.toString());
  }

  @Test
  void unitOnDatasets_executorHasOtherResource_isRefusedBeforeUserCodeRuns() throws Exception {
    Path old = UserJars.withFile(folder.resolve("old.jar"), WORDS, "old words");
    Path now = UserJars.withFile(folder.resolve("now.jar"), WORDS, "new words");
    startSpark(old);

    assertThat(refusal(UserJars.loader(job(DATASET_READER), now), WORDS))
        .contains("another resource " + WORDS, sha256(old), sha256(now));
  }

  @Test
  void unit_executorHasResourceThatTheDriverLacks_isRefusedBeforeUserCodeRuns() throws Exception {
    Path theirs = UserJars.withFile(folder.resolve("theirs"), WORDS, "words");
    startSpark(theirs);

    assertThat(refusal(UserJars.loader(job(READER)), WORDS))
        .contains("another resource " + WORDS, theirs.toString(), "driver nowhere");
  }

  @Test
  void unit_executorHasTheSameResource_runs() throws Exception {
    Path job = job(READER);
    Path theirs = UserJars.withFile(folder.resolve("theirs"), WORDS, "new words");
    Path now = UserJars.withFile(folder.resolve("n o w"), WORDS, "new words");
    startSpark(theirs);

    try (TaskExecutor executor = open(UserJars.loader(job, now))) {
      TaskCode code = code(UserJars.loader(job, now));
      assertThat(value(run(executor, code, WORDS, "com/acme/none.txt"))).isEqualTo("new words");
    }
  }

  @Test
  void unit_executorHasTheSameLibraryUnderAnotherName_runs() throws Exception {
    Path theirs = lib("other-name.jar", "version 2");
    Path now = lib("mylib-2.0.jar", "version 2");
    Path job = job(TASK, now);
    startSpark(theirs);

    try (TaskExecutor executor = open(UserJars.loader(job, now))) {
      assertThat(value(run(executor, code(UserJars.loader(job, now))))).isEqualTo("version 2");
    }
  }

  @Test
  void unit_jarWasEditedWhileTheApplicationLives_isRefusedRatherThanRunAsItWas() throws Exception {
    Path lib = lib("pipeline.jar", "version 1");
    Path job = job(TASK, lib);
    startSpark();
    try (TaskExecutor executor = open(UserJars.loader(job, lib))) {
      assertThat(value(run(executor, code(UserJars.loader(job, lib))))).isEqualTo("version 1");
    }
    Files.delete(mark);

    lib("pipeline.jar", "version 2");
    try (TaskExecutor executor = open(UserJars.loader(job, lib))) {
      assertThat(refusal(executor, UserJars.loader(job, lib)))
          .contains("com.acme.Lib", "start a new application");
    }
  }

  @Test
  void unit_twoJarsOfOneFileName_bothAreSent() throws Exception {
    Path one = lib("pipeline.jar", "version 1");
    Path other = Files.createDirectory(folder.resolve("other")).resolve("pipeline.jar");
    UserJars.make(other, "Job", TASK, one);
    startSpark();

    try (TaskExecutor executor = open(UserJars.loader(one, other))) {
      assertThat(value(run(executor, code(UserJars.loader(one, other))))).isEqualTo("version 1");
    }
  }

  private Path job(String body, Path... uses) throws IOException {
    return UserJars.make(folder.resolve("job.jar"), "Job", body, uses);
  }

  /** Why executors refuse the task, which leaves no mark. */
  private String refusal(ClassLoader userCode, String... reads) throws Exception {
    try (TaskExecutor executor = open(userCode)) {
      return refusal(executor, userCode, reads);
    }
  }

  private String refusal(TaskExecutor executor, ClassLoader userCode, String... reads)
      throws Exception {
    AttemptResult result = run(executor, code(userCode), reads);
    assertThat(folder).isDirectoryNotContaining("glob:**/mark*");
    return ((Lost) result).why();
  }

  private AttemptResult run(TaskExecutor executor, TaskCode code, String... reads)
      throws Exception {
    var chunk = work.reading(Set.of(reads), code, mark.toString());
    executor.submit(chunk, answers);
    return answers.await(chunk.units().get(0).attempt());
  }

  private Object value(AttemptResult result) throws Exception {
    assertThat(result).isInstanceOf(Success.class);
    return work.value(((Success) result).manifest().partitions().get(0));
  }

  private static String sha256(Path file) throws Exception {
    return java.util.HexFormat.of()
        .formatHex(
            java.security.MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }
}
