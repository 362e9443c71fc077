package dev.reprise.executor.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.reprise.cache.codec.ArrowTable;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.executor.Argument;
import dev.reprise.executor.ExecutorFactory;
import dev.reprise.executor.ExecutorFactory.Setting;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.executor.testing.ContractTasks;
import dev.reprise.executor.testing.TaskExecutorContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LocalExecutorTest extends TaskExecutorContract {
  @Override
  protected TaskExecutor open(Setting setting) {
    return new LocalExecutorFactory().open(setting);
  }

  @Override
  protected Map<String, String> options() {
    return Map.of("local.grace", "500ms");
  }

  @Test
  void factory_isFoundByItsName() {
    assertThat(ServiceLoader.load(ExecutorFactory.class))
        .filteredOn(factory -> factory.name().equals("local"))
        .singleElement()
        .isInstanceOf(LocalExecutorFactory.class);
  }

  @Test
  void run_tablesWhateverBecomesOfThem_allAreClosed() throws Exception {
    ContractTasks.TABLES.clear();
    Argument table = new Argument.Encoded(partition(succeed(task("table"), 10)));
    run(task("tables", Shape.MANY), 3);
    assertThat(succeed(task("split", Shape.MANY), 8).manifest().partitions()).hasSize(3);
    run(task("same"), table);
    run(task("failWith"), table);
    // A table where a list is wanted: the result is refused.
    run(task("same", Shape.MANY), table);

    assertThat(ContractTasks.TABLES).hasSize(9);
    for (ArrowTable seen : ContractTasks.TABLES) {
      assertThatIllegalStateException().isThrownBy(seen::rows);
    }
  }

  @Test
  void run_fileFromTheStore_isRemovedAfterwards() throws Exception {
    Argument place = new Argument.File(folder, 0, 0);
    PartitionRef file = partition(succeed(task("write"), place, "worst airports"));
    long before = scratchFolders();

    succeed(task("read"), new Argument.Encoded(file));

    assertThat(scratchFolders()).isEqualTo(before);
  }

  private static long scratchFolders() throws IOException {
    try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return all.filter(path -> path.getFileName().toString().startsWith("reprise-unit-")).count();
    }
  }
}
