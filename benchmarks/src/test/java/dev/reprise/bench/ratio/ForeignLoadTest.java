package dev.reprise.bench.ratio;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Whose load counts (PERFORMANCE, foreign work). */
@EnabledOnOs(OS.LINUX)
class ForeignLoadTest {
  @Test
  void ownSeconds_aChildHasEnded_holdWhatItUsed() throws Exception {
    double before = ForeignLoad.ownSeconds() - thisProcess();

    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    new ProcessBuilder(java, "-Xint", "-XshowSettings:all", "-version")
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();

    assertThat(ForeignLoad.ownSeconds() - thisProcess() - before).isBetween(0.02, 60.0);
  }

  /** Processor time without that of children, in seconds. */
  private static double thisProcess() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime()
        / 1e9;
  }
}
