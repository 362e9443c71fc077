package dev.reprise.behaviours;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Driver;
import dev.reprise.api.Pipeline;
import dev.reprise.run.RunListener.RunSummary;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Which bodies of tasks ran, told by themselves; of one test at a time. */
public final class Bodies {
  private static final List<String> RAN = Collections.synchronizedList(new ArrayList<>());

  private Bodies() {}

  /** Says that a body runs. */
  public static void ran(String body) {
    RAN.add(body);
  }

  /** Those that ran since this was last called, sorted. */
  static List<String> take() {
    synchronized (RAN) {
      List<String> taken = RAN.stream().sorted().toList();
      RAN.clear();
      return taken;
    }
  }

  /** Runs a pipeline, which must succeed, and returns the bodies that ran, sorted. */
  static List<String> of(Driver driver, Pipeline pipeline, RunOptions options) {
    take();
    try {
      RunSummary end = driver.submit(pipeline, options).await();
      assertThat(end.state()).as(end.message()).isEqualTo(RunState.SUCCEEDED);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return take();
  }

  /** Runs a pipeline with the default options. */
  static List<String> of(Driver driver, Pipeline pipeline) {
    return of(driver, pipeline, RunOptions.DEFAULT);
  }
}
