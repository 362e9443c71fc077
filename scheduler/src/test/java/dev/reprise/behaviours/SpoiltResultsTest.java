package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline;
import dev.reprise.plan.Outcome;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunState;
import dev.reprise.task.Task1;
import dev.reprise.testkit.PipelineTester;
import dev.reprise.testkit.TestedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a unit made from a file that changed while it ran is right for its own run and for no other,
 * whatever the file is by then.
 */
class SpoiltResultsTest {
  @RegisterExtension final PipelineTester reprise = new PipelineTester();
  @TempDir Path folder;

  /** How tasks are declared that read a file. */
  private interface How extends UnaryOperator<Task1<Path, String>> {}

  private static volatile boolean growing;
  private static volatile boolean broken;

  @BeforeEach
  void makeFile() throws IOException {
    growing = false;
    broken = false;
    putBack();
    Bodies.take();
  }

  private Path file() {
    return folder.resolve("data.txt");
  }

  private void putBack() throws IOException {
    Files.writeString(file(), "data");
  }

  static String read(Path file) throws IOException {
    Bodies.ran("read");
    String text = Files.readString(file);
    if (growing) {
      Files.writeString(file, " and more", StandardOpenOption.APPEND);
    }
    return text;
  }

  static String fragile(List<String> one, List<String> other) {
    Bodies.ran("fragile");
    if (broken) {
      throw new IllegalStateException("broken");
    }
    return one + " " + other;
  }

  /** Two steps that read a file alike, one after the other or together, and one that takes both. */
  private Pipeline reading(boolean inOrder, How how) {
    return Pipeline.define(
        "reading",
        p -> {
          Partitions<Path> files = p.files("files", folder, "*.txt");
          var read = how.apply(task(SpoiltResultsTest::read));
          var first = p.perPartition("first", read, files);
          var second = p.perPartition("second", read, files);
          if (inOrder) {
            p.after(second.all(), first.all());
          }
          var fragile = task(SpoiltResultsTest::fragile).uncached();
          p.result("both", p.step("fragile", fragile, first.all(), second.all()));
        });
  }

  /** Runs it while the file changes and its last step fails, and puts the file back. */
  private TestedRun spoilt(Pipeline pipeline) throws IOException {
    growing = true;
    broken = true;
    TestedRun run = reprise.run(pipeline);
    growing = false;
    broken = false;
    putBack();
    assertThat(run.state()).as(run.message()).isEqualTo(RunState.FAILED);
    return run;
  }

  @Test
  void resume_fileChangedWhileTheUnitRan_takesNothingThatWasMadeOfIt() throws Exception {
    for (How how : List.<How>of(task -> task, Task1::uncached)) {
      TestedRun failed = spoilt(reading(true, how));
      Bodies.take();

      TestedRun resumed =
          reprise.run(reading(true, how), RunOptions.DEFAULT.withResume(failed.run().id()));

      assertThat(Bodies.take()).contains("fragile", "read");
      assertThat(resumed.outcome("first", "data.txt")).isEqualTo(Outcome.RAN);
      assertThat(resumed.run().result("both", String.class)).isEqualTo("[data] [data]");
    }
  }

  /** Whether it comes when the result is there, or waits for it. */
  @Test
  void memo_executionIsSpoilt_equalCallTakesItAndRunsThatGoOnTakeNeither() throws Exception {
    for (boolean inOrder : List.of(true, false)) {
      Pipeline pipeline = reading(inOrder, task -> task.uncached().memo());
      TestedRun failed = spoilt(pipeline);
      assertThat(Bodies.take()).as("one execution").containsExactly("fragile", "read");
      assertThat(failed.count(Outcome.MEMO)).isEqualTo(1);

      TestedRun resumed = reprise.run(pipeline, RunOptions.DEFAULT.withResume(failed.run().id()));
      assertThat(Bodies.take()).containsExactly("fragile", "read");

      reprise.run(pipeline, RunOptions.DEFAULT.withResume(resumed.run().id()));
      assertThat(Bodies.take()).as("nothing was spoilt there").isEmpty();
    }
  }

  @Test
  void run_fileChangedWhileTheUnitRan_keepsNothingUnderItsKeyAndSaysWhy() throws Exception {
    Pipeline pipeline = reading(true, task -> task);
    spoilt(pipeline);
    Bodies.take();

    TestedRun next = reprise.run(pipeline);
    assertThat(next.outcome("first", "data.txt")).isEqualTo(Outcome.RAN);
    assertThat(Bodies.take()).as("the second takes the first's").containsExactly("fragile", "read");
    assertThat(next.run().result("both", String.class)).isEqualTo("[data] [data]");
    assertThat(reprise.run(pipeline).executions("first")).isZero();
  }
}
