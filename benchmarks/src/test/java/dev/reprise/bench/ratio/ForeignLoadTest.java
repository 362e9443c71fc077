package dev.reprise.bench.ratio;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
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

  @Test
  void cores_aHelperIsBusy_areNotForeign() throws Exception {
    Process busy = new ProcessBuilder("sh", "-c", "while :; do :; done").start();
    try {
      ForeignLoad asForeign = new ForeignLoad(Stream::empty);
      ForeignLoad asOurs = new ForeignLoad(() -> Stream.of(busy.toHandle()));
      Duration used = Duration.ZERO;
      while (used.toMillis() < 500) {
        Thread.sleep(20);
        used = busy.toHandle().info().totalCpuDuration().orElseThrow();
      }
      assertThat(asForeign.cores() - asOurs.cores()).isGreaterThan(0.1);
    } finally {
      busy.destroyForcibly();
    }
  }

  /** As a cluster that starts and ends workers. */
  @Test
  void cores_whatAHelperBeganHasEnded_isNotForeign() throws Exception {
    String spin = "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done";
    Process helper =
        new ProcessBuilder("sh", "-c", "sh -c '" + spin + "'; echo over; read x").start();
    try {
      ForeignLoad asForeign = new ForeignLoad(Stream::empty);
      ForeignLoad asOurs = new ForeignLoad(() -> Stream.of(helper.toHandle()));
      assertThat(helper.inputReader().readLine()).isEqualTo("over");
      assertThat(helper.descendants()).isEmpty();
      assertThat(asForeign.cores() - asOurs.cores()).isGreaterThan(0.1);
    } finally {
      helper.destroyForcibly();
    }
  }

  /** Processor time without that of children, in seconds. */
  private static double thisProcess() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime()
        / 1e9;
  }
}
