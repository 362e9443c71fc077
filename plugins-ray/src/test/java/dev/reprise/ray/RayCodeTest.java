package dev.reprise.ray;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.base.HostName;
import dev.reprise.cache.code.MethodRef;
import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.store.LayeredResultStore;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.testing.Shows;
import dev.reprise.executor.Argument;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Lost;
import dev.reprise.executor.AttemptResult.Success;
import dev.reprise.executor.AttemptResult.UserError;
import dev.reprise.executor.ExecutorFactory.Setting;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.TaskCode.Kind;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.testing.Answers;
import dev.reprise.executor.testing.ClusterScript;
import dev.reprise.executor.testing.TestWork;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What workers of a real cluster say of code and stores that they do not have. */
class RayCodeTest {
  private static final String A_LIST = "ray-code/[0-9a-f]{64}";

  @TempDir Path folder;

  private FileResultStore store;
  private TestWork work;
  private final Answers answers = new Answers(Duration.ofSeconds(40));

  @BeforeAll
  @Timeout(value = ClusterScript.START_MINUTES, unit = TimeUnit.MINUTES)
  static void connect(@TempDir Path folder) throws Exception {
    FileResultStore store =
        FileResultStore.openOrMake(folder.resolve("store"), FileResultStore.Settings.STANDARD);
    // Not one that goes with a test: the process's first connection decides where workers begin.
    try (TaskExecutor executor = open(store, store.folder(), Map.of())) {
      executor.start();
    }
  }

  @BeforeEach
  void open() throws IOException {
    store = FileResultStore.openOrMake(folder.resolve("store"), FileResultStore.Settings.STANDARD);
    work = new TestWork("r1", store, List.of());
  }

  private static TaskExecutor open(ResultStore store, Path at, Map<String, String> options)
      throws Exception {
    return RayCluster.shared().open(new Setting("r1", store, at, 0, new TreeMap<>(options)));
  }

  private TaskExecutor open(ClassLoader userCode, Map<String, String> options) throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(userCode);
    try {
      return open(store, store.folder(), options);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** FAULTS 60: instead of a dead worker. */
  @Test
  @Shows("Fault 60")
  void classOfTheTask_isMissing_isNamedWithHostDigestAndWayOut() throws Exception {
    TaskCode code =
        new TaskCode(
            new MethodRef("com.acme.Missing", "run", "()I"),
            Kind.STATIC,
            List.of(),
            false,
            Shape.ONE,
            List.of(),
            1000);
    try (TaskExecutor executor = open(store, store.folder(), Map.of())) {
      assertThat(error(executor, work.unit(code)))
          .contains("com.acme.Missing", "cannot run on " + HostName.find())
          .containsPattern("it is not in what \\S+" + A_LIST + " lists")
          .contains("add the jar that has the class to the driver's class path");
    }
  }

  /** FAULTS 60. */
  @Test
  void classThatUserCodeNeeds_isMissing_isNamedAndTheWorkerLives() throws Exception {
    Path told = folder.resolve("told");
    WorkChunk needy =
        work.unit(work.code(UserTasks.class, "tellAndNeedMore"), new Argument.File(told, 0, 0));
    try (TaskExecutor executor = open(store, store.folder(), Map.of())) {
      assertThat(error(executor, needy))
          .contains("com.acme.Missing")
          .contains("it is not on the class path of the worker on " + HostName.find())
          .containsPattern(A_LIST)
          .contains("add the jar that has the class to the driver's class path");
      WorkChunk next = work.unit(work.code(UserTasks.class, "add"), 1, 2);
      assertThat(run(executor, next)).isInstanceOf(Success.class);
    }
    assertThat(ProcessHandle.of(Long.parseLong(Files.readString(told)))).isPresent();
  }

  /** FAULTS 61: no worker runs other code than the driver planned. */
  @Test
  @Shows("Fault 61")
  void jarOnTheShelf_isNotWhatItsDigestSays_isRefusedNamingHostFileAndDigest() throws Exception {
    Path code = folder.resolve("code");
    Path extra = Files.createDirectory(folder.resolve("extra")); // a list that no worker knows yet
    Files.writeString(extra.resolve("new"), folder.toString());
    try (URLClassLoader userCode = new URLClassLoader(new URL[] {extra.toUri().toURL()});
        TaskExecutor executor = open(userCode, Map.of("ray.code", code.toString()))) {
      executor.start();
      Path jar = largestIn(code);
      Files.write(jar, new byte[] {1}, StandardOpenOption.APPEND);

      WorkChunk add = work.unit(work.code(UserTasks.class, "add"), 1, 2);
      AttemptResult result = run(executor, add);

      assertThat(result).isInstanceOf(Lost.class);
      assertThat(((Lost) result).why())
          .contains("worker on " + HostName.find(), jar.toString(), "is damaged: its digest is ")
          .endsWith("remove it and run again");
      assertThatThrownBy(() -> executor.submit(add, answers))
          .isInstanceOf(ExecutorUnavailableException.class)
          .hasMessageContaining("is damaged");
    }
  }

  /** FAULTS 23, on a machine that has not the driver's temporary folder. */
  @Test
  void storeAboveOneThatIsRead_isNotOnTheWorker_theOneBelowIsReadThere() throws Exception {
    PartitionRef pending = work.partition(new byte[100_000], 0);
    Location kept = store.publish((Location.Pending) pending.location());
    PartitionRef bytes = pending.at(kept);
    Path temporary = folder.resolve("temporary");
    ResultStore layered =
        LayeredResultStore.put(
            FileResultStore.openOrMake(temporary, FileResultStore.Settings.STANDARD), store);
    try (TaskExecutor executor = open(layered, temporary, Map.of())) {
      executor.start();
      Files.move(temporary, folder.resolve("of the driver's machine"));

      AttemptResult result =
          run(
              executor,
              work.unit(work.code(UserTasks.class, "length"), new Argument.Encoded(bytes)));

      assertThat(result).isInstanceOf(Success.class);
      assertThat(work.value(((Success) result).manifest().partitions().get(0))).isEqualTo(100_000);
    }
  }

  private AttemptResult run(TaskExecutor executor, WorkChunk chunk) throws Exception {
    executor.submit(chunk, answers);
    return answers.await(chunk.units().get(0).attempt());
  }

  private String error(TaskExecutor executor, WorkChunk chunk) throws Exception {
    AttemptResult result = run(executor, chunk);
    assertThat(result).isInstanceOf(UserError.class);
    return ((UserError) result).error().headline();
  }

  private static Path largestIn(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(Files::isRegularFile)
          .max(Comparator.comparingLong(file -> file.toFile().length()))
          .orElseThrow();
    }
  }
}
