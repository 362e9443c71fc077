package dev.reprise.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.executor.AttemptResult.Success;
import dev.reprise.executor.ExecutorFactory.Setting;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.executor.testing.TaskExecutorContract;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** On threads of this process, in an application that each executor starts and stops itself. */
class EmbeddedSparkTest extends TaskExecutorContract {
  @Override
  protected TaskExecutor open(Setting setting) {
    return new SparkExecutorFactory().open(setting);
  }

  @Override
  protected int manyUnits() {
    return 2_000;
  }

  @Override
  protected Map<String, String> options() {
    return Map.of("spark.grace", "500ms");
  }

  @Test
  void run_atMostTwoUnitsAtOnce_neverAreThree() throws Exception {
    Path units = Files.createDirectory(folder.resolve("units"));
    Map<String, String> eightSlots = Map.of("spark.master", "local[8]");
    Setting two = new Setting("r2", store, store.folder(), 2, new TreeMap<>(eightSlots));
    TaskCode together = work.code(FaultTasks.class, "together");
    WorkChunk chunk =
        work.chunk(
            together,
            IntStream.range(0, 48).mapToObj(i -> work.unitOf("", units.toString())).toList());

    int most = 0;
    try (TaskExecutor executor = open(two)) {
      executor.submit(chunk, answers);
      for (UnitWork unit : chunk.units()) {
        Success success = (Success) answers.await(unit.attempt());
        most = Math.max(most, (Integer) work.value(partition(success)));
      }
    }

    assertThat(most).isEqualTo(2);
  }
}
