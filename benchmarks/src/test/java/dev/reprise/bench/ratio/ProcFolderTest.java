package dev.reprise.bench.ratio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What Linux tells of processes. */
@EnabledOnOs(OS.LINUX)
class ProcFolderTest {
  private static final String SPIN = "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; ";
  private static final String SAY_AND_WAIT = "echo over; read x";
  private static final double WORTH_MENTIONING = 0.03;

  private static Process shell(String script) throws Exception {
    return new ProcessBuilder("sh", "-c", script).start();
  }

  private static void awaitOver(Process shell) throws Exception {
    assertThat(shell.inputReader().readLine()).isEqualTo("over");
  }

  private static Optional<ProcessTimes> find(ProcFolder folder, long number) {
    return folder.processes().stream()
        .filter(each -> each.process().number() == number)
        .findFirst();
  }

  private static ProcessTimes self(ProcFolder folder) {
    return find(folder, ProcessHandle.current().pid()).orElseThrow();
  }

  @Test
  void processes_noHelpers_areThisOne() {
    ProcFolder folder = new ProcFolder(Stream::empty);

    assertThat(folder.processes()).hasSize(1);
    assertThat(self(folder).own()).isPositive();
  }

  @Test
  void processes_helperIsBusy_tellsWhatItUsedAndWhoBeganIt() throws Exception {
    Process busy = shell(SPIN + SAY_AND_WAIT);
    try {
      awaitOver(busy);
      ProcFolder folder = new ProcFolder(() -> Stream.of(busy.toHandle(), busy.toHandle()));

      assertThat(folder.processes()).hasSize(2);
      ProcessTimes times = find(folder, busy.pid()).orElseThrow();
      assertThat(times.own()).isBetween(WORTH_MENTIONING, 60.0);
      assertThat(times.endedChildren()).isZero();
      assertThat(times.parent()).isEqualTo(ProcessHandle.current().pid());
    } finally {
      busy.destroyForcibly();
    }
  }

  @Test
  void processes_whatAHelperBeganHasEnded_isWithTheHelper() throws Exception {
    Process helper = shell("sh -c '" + SPIN + "'; " + SAY_AND_WAIT);
    try {
      awaitOver(helper);
      ProcFolder folder = new ProcFolder(() -> Stream.of(helper.toHandle()));

      assertThat(find(folder, helper.pid()).orElseThrow().endedChildren())
          .isBetween(WORTH_MENTIONING, 60.0);
    } finally {
      helper.destroyForcibly();
    }
  }

  @Test
  void processes_aChildHasEnded_isWithThisOne() throws Exception {
    ProcFolder folder = new ProcFolder(Stream::empty);
    double before = self(folder).endedChildren();

    shell(SPIN).waitFor();

    assertThat(self(folder).endedChildren() - before).isBetween(WORTH_MENTIONING, 60.0);
  }

  @Test
  void processes_helperHasEnded_isNotThere() throws Exception {
    Process helper = shell(SAY_AND_WAIT);
    ProcFolder folder = new ProcFolder(() -> Stream.of(helper.toHandle()));
    awaitOver(helper);
    assertThat(find(folder, helper.pid())).isPresent();

    helper.destroyForcibly().waitFor();

    assertThat(find(folder, helper.pid())).isEmpty();
  }

  /** As a worker whose raylet has died. */
  @Test
  void processes_helperIsNotFoundAnyMoreAndRuns_isThere() throws Exception {
    Process helper = shell(SAY_AND_WAIT);
    try {
      boolean[] asked = new boolean[1];
      ProcFolder folder =
          new ProcFolder(
              () -> {
                boolean first = !asked[0];
                asked[0] = true;
                return first ? Stream.of(helper.toHandle()) : Stream.empty();
              });

      assertThat(find(folder, helper.pid())).isPresent();
      assertThat(find(folder, helper.pid())).isPresent();
      assertThat(asked[0]).isTrue();
    } finally {
      helper.destroyForcibly();
    }
  }

  @Test
  void busySeconds_somebodyWorks_grow() throws Exception {
    ProcFolder folder = new ProcFolder(Stream::empty);
    double before = folder.busySeconds();

    shell(SPIN).waitFor();

    assertThat(folder.busySeconds() - before).isGreaterThan(WORTH_MENTIONING);
  }
}
