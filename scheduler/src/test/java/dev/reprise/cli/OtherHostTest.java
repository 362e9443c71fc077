package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.journal.BegunJournal;
import dev.reprise.journal.RunBrief;
import dev.reprise.run.Pipelines;
import dev.reprise.run.ScriptedRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run of another host in a home that both share: whether it lives cannot be asked from here. */
class OtherHostTest {
  private static final String RUN = "20261121-072007-7f3a";

  @TempDir Path folder;
  private final ScriptedRun run = Pipelines.warm(RUN);
  private CliLab lab;

  @BeforeEach
  void beginOnAnotherHost() throws Exception {
    lab = new CliLab(folder);
    BegunJournal.write(folder.resolve(".reprise/runs"), run.header(), run);
  }

  @Test
  void runs_journalWasWrittenJustNow_isUnknownAndSaysWhy() {
    String because = "on %s, last heard of TIME ago".formatted(run.header().host());

    assertThat(lab.run("runs", "ls").screen()).contains("UNKNOWN (" + because + ")");
    assertThat(lab.run("runs", "show").screen()).contains("state      UNKNOWN (" + because + ")\n");
    assertThat(lab.run("runs", "ls", "--output", "json").screen())
        .contains("\"state\" : \"UNKNOWN\"", "\"state_because\" : \"" + because + "\"");
  }

  @Test
  void runs_journalWasSilentForLongerThanAnyUnitTakes_died() throws Exception {
    Instant then = Instant.now().minus(RunBrief.LONGEST_SILENCE).minus(Duration.ofHours(1));
    Path journal = folder.resolve(".reprise/runs").resolve(RUN).resolve("journal");
    Files.setLastModifiedTime(journal, FileTime.from(then));

    assertThat(lab.run("runs", "ls").out())
        .contains("DIED (on %s, last heard of 7d01h ago)".formatted(run.header().host()));
  }
}
