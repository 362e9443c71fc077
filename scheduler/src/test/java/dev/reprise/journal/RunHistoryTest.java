package dev.reprise.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunHistoryTest {
  @TempDir Path runs;

  private RunHistory historyOf(String... ids) throws IOException {
    for (String id : ids) {
      Files.createDirectories(runs.resolve(id));
    }
    return new RunHistory(runs);
  }

  @Test
  void next_oneInstantAndSeed_isTimeInUtcAndFourDigits() {
    Clock clock = Clock.fixed(Instant.parse("2026-11-21T07:20:07.9Z"), ZoneOffset.ofHours(5));
    RunIds ids = new RunIds(clock, new Random(1));

    String id = ids.next();

    assertThat(id).startsWith("20261121-072007-");
    assertThat(RunIds.isId(id)).isTrue();
    assertThat(ids.next()).isGreaterThan(id);
  }

  @Test
  void ids_foldersOfAllKinds_areRunsNewestFirst() throws IOException {
    RunHistory history =
        historyOf("20261121-072007-7f3a", "20261122-000000-0001", "notes", "20261121-072008-0000");

    assertThat(history.ids())
        .containsExactly("20261122-000000-0001", "20261121-072008-0000", "20261121-072007-7f3a");
  }

  @Test
  void find_latestBeginningOrEnd_isTheOneRunThatFits() throws Exception {
    RunHistory history = historyOf("20261121-072007-7f3a", "20261122-000000-0001");

    assertThat(history.find("latest")).isEqualTo("20261122-000000-0001");
    assertThat(history.find("7f3a")).isEqualTo("20261121-072007-7f3a");
    assertThat(history.find("20261121")).isEqualTo("20261121-072007-7f3a");
    assertThat(history.find("20261121-072007-7f3a")).isEqualTo("20261121-072007-7f3a");
  }

  @Test
  void find_latestEndedAsItStarted_isTheOneBefore() throws Exception {
    RunHistory history = historyOf("20261121-072007-7f3a", "20261122-000000-0001");
    Files.writeString(runs.resolve("20261121-072007-7f3a/journal"), "something");
    Files.createFile(runs.resolve("20261122-000000-0001/journal"));

    assertThat(history.find("latest")).isEqualTo("20261121-072007-7f3a");
    assertThatThrownBy(() -> history.read("20261122-000000-0001"))
        .hasMessageContaining("was not begun: the run was killed as it started");
  }

  @Test
  void find_noneFits_namesNearestAndLatest() throws IOException {
    RunHistory history = historyOf("20261121-072007-7f3a");

    assertThatThrownBy(() -> history.find("20261121-072007-7f3b"))
        .isInstanceOf(UnknownRunException.class)
        .hasMessageContaining("no run '20261121-072007-7f3b'")
        .hasMessageContaining("did you mean '20261121-072007-7f3a'?");
  }

  @Test
  void find_severalFit_namesThem() throws IOException {
    RunHistory history = historyOf("20261121-072007-7f3a", "20261121-072008-0000");

    assertThatThrownBy(() -> history.find("2026"))
        .hasMessageContaining("fits 2 runs: 20261121-072008-0000, 20261121-072007-7f3a");
  }

  @Test
  void find_noRunsAtAll_saysHowToStartOne() {
    RunHistory history = new RunHistory(runs.resolve("absent"));

    assertThat(history.ids()).isEmpty();
    assertThatThrownBy(() -> history.find("latest")).hasMessageContaining("there are no runs in");
  }

  @Test
  void brief_anotherRunEndsAlike_isTheWholeId() {
    List<String> ids = List.of("20261121-072007-7f3a", "20261122-072007-7f3a");

    assertThat(RunIds.brief("20261121-072007-0001", ids)).isEqualTo("0001");
    assertThat(RunIds.brief("20261121-072007-7f3a", ids)).isEqualTo("20261121-072007-7f3a");
  }
}
