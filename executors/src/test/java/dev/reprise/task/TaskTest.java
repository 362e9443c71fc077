package dev.reprise.task;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TaskTest {
  private static int one(int i) {
    return i;
  }

  /** A line that is added to a declaration takes nothing out of a key. */
  @Test
  void declare_oneAfterAnother_eachAddsToWhatWasDeclared() {
    TaskSpec spec =
        task(TaskTest::one)
            .alsoRuns(String.class)
            .alsoRuns(Integer.class)
            .alsoReads("x.json")
            .alsoReads("y.json", "x.json")
            .ignoring("i")
            .ignoring("j", "i")
            .register(String.class)
            .register(Integer.class)
            .spec();

    assertThat(spec.cache().alsoRuns()).containsExactly(String.class, Integer.class);
    assertThat(spec.cache().alsoReads()).containsExactly("x.json", "y.json");
    assertThat(spec.cache().ignored()).containsExactly("i", "j");
    assertThat(spec.registered()).containsExactly(String.class, Integer.class);
  }
}
