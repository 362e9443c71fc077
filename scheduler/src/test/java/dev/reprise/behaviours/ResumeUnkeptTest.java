package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline;
import dev.reprise.plan.Outcome;
import dev.reprise.run.CacheMode;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunState;
import dev.reprise.testkit.PipelineTester;
import dev.reprise.testkit.TestedRun;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Results that no index holds are in the journal, however many, for runs that go on. */
class ResumeUnkeptTest {
  @RegisterExtension final PipelineTester reprise = new PipelineTester();

  /** Whatever other tests ran. */
  @BeforeEach
  void forgetBodies() {
    Bodies.take();
  }

  /** More than have their results in the journal when the index has them. */
  private static final int MANY = 250;

  private static volatile boolean broken;

  static List<Integer> list(int count) {
    Bodies.ran("list");
    return IntStream.range(0, count).boxed().toList();
  }

  static int square(int of) {
    Bodies.ran("square");
    return of * of;
  }

  static int total(List<Integer> of) {
    Bodies.ran("total");
    if (broken) {
      throw new IllegalStateException("broken");
    }
    return of.stream().mapToInt(each -> each).sum();
  }

  @ParameterizedTest
  @EnumSource(names = {"OFF", "READ"})
  void resume_manyUnitsThatNoIndexHolds_takesAllThatSucceeded(CacheMode mode) throws Exception {
    Pipeline pipeline =
        Pipeline.define(
            "squares",
            p -> {
              Partitions<Integer> all =
                  p.fanOut("list", task(ResumeUnkeptTest::list), p.value(MANY));
              var squares = p.perPartition("square", task(ResumeUnkeptTest::square), all);
              p.result("total", p.step("total", task(ResumeUnkeptTest::total), squares.all()));
            });
    RunOptions options = RunOptions.DEFAULT.withCache(mode);
    broken = true;
    TestedRun failed = reprise.run(pipeline, options);
    broken = false;
    assertThat(failed.state()).isEqualTo(RunState.FAILED);
    assertThat(Bodies.take()).hasSize(MANY + 2);

    TestedRun resumed = reprise.run(pipeline, options.withResume(failed.run().id()));

    assertThat(Bodies.take()).containsExactly("total");
    assertThat(resumed.executions()).isEqualTo(1);
    assertThat(resumed.count("square", Outcome.MEMO)).isEqualTo(MANY);
    assertThat(resumed.count(Outcome.MEMO)).isEqualTo(MANY + 1);
    assertThat(resumed.run().result("total", Integer.class))
        .isEqualTo(IntStream.range(0, MANY).map(each -> each * each).sum());
  }
}
