package dev.reprise.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.cache.store.FileResultStore;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Lost;
import dev.reprise.executor.AttemptResult.Success;
import dev.reprise.executor.ExecutorFactory.Setting;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.executor.testing.Answers;
import dev.reprise.executor.testing.TestWork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Executors in processes of their own run the driver's code or none: FAULTS rows 60 and 61, jar
 * skew between driver and executor, and row 72, resources.
 */
@Timeout(240)
class DriversCodeTest {
  private static final Duration PATIENCE = Duration.ofSeconds(120);

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

  @TempDir private Path folder;
  private FileResultStore store;
  private TestWork work;
  private Answers answers;
  private SparkContext spark;
  private Path mark;

  @BeforeEach
  void makeStore() throws Exception {
    store = FileResultStore.openOrMake(folder.resolve("store"), FileResultStore.Settings.STANDARD);
    work = new TestWork("r1", store, List.of());
    answers = new Answers(PATIENCE);
    mark = folder.resolve("mark");
  }

  @AfterEach
  void stop() {
    if (spark != null) {
      spark.stop();
    }
  }

  @Test
  void unit_executorHasOtherVersionOfItsLibrary_isRefusedBeforeUserCodeRuns() throws Exception {
    Path old = lib("mylib-1.0.jar", "version 1");
    Path now = lib("mylib-2.0.jar", "version 2");
    Path job = UserJars.make(folder.resolve("job.jar"), "Job", TASK, now);
    startSpark(old);

    try (TaskExecutor executor = open(UserJars.loader(job, now))) {
      TaskCode code = code(UserJars.loader(job, now));
      AttemptResult result = run(executor, code);

      assertThat(((Lost) result).why())
          .contains("com.acme.Lib", old.toString(), sha256(old), now.toString(), sha256(now))
          .contains("spark.executor.extraClassPath");
      assertThatExceptionOfType(ExecutorUnavailableException.class)
          .as("the run ends, with exit 4")
          .isThrownBy(() -> run(executor, code))
          .withMessageContaining("com.acme.Lib");
      assertThat(mark).doesNotExist();
    }
  }

  @Test
  void unitOnDatasets_executorHasOtherVersionOfItsLibrary_isRefusedBeforeUserCodeRuns()
      throws Exception {
    Path old = lib("mylib-1.0.jar", "version 1");
    Path now = lib("mylib-2.0.jar", "version 2");
    Path job = UserJars.make(folder.resolve("job.jar"), "Job", DATASET_TASK, now);
    startSpark(old);

    try (TaskExecutor executor = open(UserJars.loader(job, now))) {
      TaskCode code = code(UserJars.loader(job, now));
      AttemptResult result = run(executor, code);

      assertThat(((Lost) result).why()).contains("com.acme.Lib", sha256(old), sha256(now));
      assertThatExceptionOfType(ExecutorUnavailableException.class)
          .isThrownBy(() -> run(executor, code));
      assertThat(folder.resolve("mark0")).doesNotExist();
    }
  }

  @Test
  void unit_executorHasOtherResource_isRefusedBeforeUserCodeRuns() throws Exception {
    Path job = UserJars.make(folder.resolve("job.jar"), "Job", READER);
    Path old = UserJars.withFile(folder.resolve("old"), "com/acme/words.txt", "old words");
    Path now = UserJars.withFile(folder.resolve("now"), "com/acme/words.txt", "new words");
    startSpark(old);

    try (TaskExecutor executor = open(UserJars.loader(job, now))) {
      TaskCode code = code(UserJars.loader(job, now));
      AttemptResult result = run(executor, code, "com/acme/words.txt");

      assertThat(((Lost) result).why())
          .contains("another resource com/acme/words.txt", old.toString(), now.toString());
      assertThat(mark).doesNotExist();
    }
  }

  @Test
  void unitOnDatasets_executorHasOtherResource_isRefusedBeforeUserCodeRuns() throws Exception {
    Path job = UserJars.make(folder.resolve("job.jar"), "Job", DATASET_READER);
    Path old = UserJars.withFile(folder.resolve("old.jar"), "com/acme/words.txt", "old words");
    Path now = UserJars.withFile(folder.resolve("now.jar"), "com/acme/words.txt", "new words");
    startSpark(old);

    try (TaskExecutor executor = open(UserJars.loader(job, now))) {
      TaskCode code = code(UserJars.loader(job, now));
      AttemptResult result = run(executor, code, "com/acme/words.txt");

      assertThat(((Lost) result).why())
          .contains("another resource com/acme/words.txt", sha256(old), sha256(now));
      assertThat(folder.resolve("mark0")).doesNotExist();
    }
  }

  @Test
  void unit_executorHasResourceThatTheDriverLacks_isRefusedBeforeUserCodeRuns() throws Exception {
    Path job = UserJars.make(folder.resolve("job.jar"), "Job", READER);
    Path theirs = UserJars.withFile(folder.resolve("theirs"), "com/acme/words.txt", "words");
    startSpark(theirs);

    try (TaskExecutor executor = open(UserJars.loader(job))) {
      AttemptResult result = run(executor, code(UserJars.loader(job)), "com/acme/words.txt");

      assertThat(((Lost) result).why())
          .contains("another resource com/acme/words.txt", theirs.toString(), "driver nowhere");
      assertThat(mark).doesNotExist();
    }
  }

  @Test
  void unit_executorHasTheSameResource_runs() throws Exception {
    Path job = UserJars.make(folder.resolve("job.jar"), "Job", READER);
    Path theirs = UserJars.withFile(folder.resolve("theirs"), "com/acme/words.txt", "new words");
    Path now = UserJars.withFile(folder.resolve("n o w"), "com/acme/words.txt", "new words");
    startSpark(theirs);

    try (TaskExecutor executor = open(UserJars.loader(job, now))) {
      TaskCode code = code(UserJars.loader(job, now));
      assertThat(value(run(executor, code, "com/acme/words.txt", "com/acme/none.txt")))
          .isEqualTo("new words");
    }
  }

  @Test
  void unit_executorHasTheSameLibraryUnderAnotherName_runs() throws Exception {
    Path theirs = lib("other-name.jar", "version 2");
    Path now = lib("mylib-2.0.jar", "version 2");
    Path job = UserJars.make(folder.resolve("job.jar"), "Job", TASK, now);
    startSpark(theirs);

    try (TaskExecutor executor = open(UserJars.loader(job, now))) {
      assertThat(value(run(executor, code(UserJars.loader(job, now))))).isEqualTo("version 2");
    }
  }

  @Test
  void unit_jarWasEditedWhileTheApplicationLives_isRefusedRatherThanRunAsItWas() throws Exception {
    Path lib = lib("pipeline.jar", "version 1");
    Path job = UserJars.make(folder.resolve("job.jar"), "Job", TASK, lib);
    startSpark();
    try (TaskExecutor executor = open(UserJars.loader(job, lib))) {
      assertThat(value(run(executor, code(UserJars.loader(job, lib))))).isEqualTo("version 1");
    }
    Files.delete(mark);

    lib("pipeline.jar", "version 2");
    try (TaskExecutor executor = open(UserJars.loader(job, lib))) {
      AttemptResult result = run(executor, code(UserJars.loader(job, lib)));

      assertThat(((Lost) result).why()).contains("com.acme.Lib", "start a new application");
      assertThat(mark).doesNotExist();
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

  private void startSpark(Path... ofExecutors) {
    String path = String.join(":", List.of(ofExecutors).stream().map(Path::toString).toList());
    spark =
        TestCluster.start(
            Map.of(
                "spark.master", "local-cluster[1,1,1024]", "spark.executor.extraClassPath", path));
  }

  private Path lib(String name, String says) throws Exception {
    return UserJars.make(
        folder.resolve(name), "Lib", "public static String version() { return \"" + says + "\"; }");
  }

  private TaskExecutor open(ClassLoader userCode) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(userCode);
    try {
      return new SparkExecutorFactory()
          .open(new Setting("r1", store, store.folder(), 0, new TreeMap<>()));
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private TaskCode code(ClassLoader userCode) throws Exception {
    return work.code(Class.forName("com.acme.Job", false, userCode), "task");
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
