package dev.reprise.executor.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Success;
import dev.reprise.executor.AttemptResult.UserError;
import dev.reprise.executor.ErrorInfo;
import dev.reprise.executor.ExecutorFactory.Setting;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.testing.ContractTasks.Greeter;
import dev.reprise.executor.testing.ContractTasks.Person;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** An executor on a store in a folder, and short words for what contract tests do with it. */
public abstract class ContractHarness {
  /** A folder of the test's own. */
  @TempDir protected Path folder;

  /** Where results go. */
  protected FileResultStore store;

  /** Makes work. */
  protected TestWork work;

  /** Takes the answers. */
  protected Answers answers;

  /** What is tested. */
  protected TaskExecutor executor;

  /**
   * Opens the executor that is tested. Its workers have {@link ContractTasks} on their class path
   * and reach the store's folder.
   */
  protected abstract TaskExecutor open(Setting setting) throws Exception;

  /** How long anything may take on this engine, the start of its first worker included. */
  protected Duration patience() {
    return Duration.ofSeconds(30);
  }

  /** How many trivial units are run at once. */
  protected int manyUnits() {
    return 10_000;
  }

  /**
   * Options that the executor is opened with. With them it gives up a cancelled unit that does not
   * end well within {@link #patience}.
   */
  protected Map<String, String> options() {
    return Map.of();
  }

  @BeforeEach
  final void openExecutor() throws Exception {
    store = FileResultStore.openOrMake(folder.resolve("store"), FileResultStore.Settings.STANDARD);
    work = new TestWork("r1", store, List.of(Person.class, Greeter.class));
    answers = new Answers(patience());
    executor = open(new Setting("r1", store, store.folder(), 0, new TreeMap<>(options())));
  }

  @AfterEach
  final void closeExecutor() {
    executor.close();
    assertThat(answers.violations()).isEmpty();
  }

  /** A task of {@link ContractTasks}. */
  protected final TaskCode task(String method) {
    return work.code(ContractTasks.class, method);
  }

  /** A task of {@link ContractTasks} whose result has another shape. */
  protected final TaskCode task(String method, Shape shape) {
    return work.code(ContractTasks.class, method, shape);
  }

  /** Submits one unit; returns its attempt. */
  protected final long submit(TaskCode code, @Nullable Object... arguments)
      throws ExecutorUnavailableException {
    WorkChunk chunk = work.unit(code, arguments);
    executor.submit(chunk, answers);
    return chunk.units().get(0).attempt();
  }

  /** Runs one unit to its end. */
  protected final AttemptResult run(TaskCode code, @Nullable Object... arguments) throws Exception {
    return answers.await(submit(code, arguments));
  }

  /** Runs one unit, which must succeed. */
  protected final Success succeed(TaskCode code, @Nullable Object... arguments) throws Exception {
    AttemptResult result = run(code, arguments);
    assertThat(result).isInstanceOf(Success.class);
    return (Success) result;
  }

  final ErrorInfo fail(TaskCode code, @Nullable Object... arguments) throws Exception {
    AttemptResult result = run(code, arguments);
    assertThat(result).isInstanceOf(UserError.class);
    return ((UserError) result).error();
  }

  /** The only value of a result. */
  final @Nullable Object value(Success success) throws IOException {
    return work.value(partition(success));
  }

  /** The only partition of a result. */
  protected static PartitionRef partition(Success success) {
    assertThat(success.manifest().partitions()).hasSize(1);
    return success.manifest().partitions().get(0);
  }

  /** Files in the store that no index entry can ever name. */
  protected final long temporaries() throws IOException {
    Path temporary = store.folder().resolve("tmp");
    if (Files.notExists(temporary)) {
      return 0;
    }
    try (Stream<Path> all = Files.walk(temporary)) {
      return all.filter(Files::isRegularFile).count();
    }
  }
}
