package dev.reprise.spark;

import dev.reprise.cache.store.FileResultStore;
import dev.reprise.executor.ExecutorFactory.Setting;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.executor.testing.Answers;
import dev.reprise.executor.testing.TestWork;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.SparkContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code com.acme.Job.task} of a user's jars on an executor in a process of its own. */
abstract class UserCodeHarness {
  @TempDir Path folder;
  TestWork work;
  Answers answers;

  /** A path that the task is given, to leave marks at. */
  Path mark;

  private FileResultStore store;
  private @Nullable SparkContext spark;

  @BeforeEach
  void makeStore() throws IOException {
    store = FileResultStore.openOrMake(folder.resolve("store"), FileResultStore.Settings.STANDARD);
    work = new TestWork("r1", store, List.of());
    answers = new Answers(Duration.ofSeconds(150));
    mark = folder.resolve("mark");
  }

  @AfterEach
  void stopSpark() {
    if (spark != null) {
      spark.stop();
    }
  }

  /**
   * Starts an application with one executor.
   *
   * @param ofExecutors what its class path has before all else
   */
  void startSpark(Path... ofExecutors) {
    String path = String.join(":", List.of(ofExecutors).stream().map(Path::toString).toList());
    spark =
        TestCluster.start(
            Map.of(
                "spark.master", "local-cluster[1,1,1024]",
                "spark.executor.extraClassPath", path,
                "spark.task.maxFailures", "10"));
  }

  /** Makes a jar with a {@code Lib} that says so. */
  Path lib(String name, String says) throws IOException {
    return UserJars.make(
        folder.resolve(name), "Lib", "public static String version() { return \"" + says + "\"; }");
  }

  TaskExecutor open(ClassLoader userCode) {
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

  TaskCode code(ClassLoader userCode) throws ClassNotFoundException {
    return work.code(Class.forName("com.acme.Job", false, userCode), "task");
  }
}
