package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cli.CliLab.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code cache gc} after runs: journals tell what was used, and are kept or forgotten. */
class GcRunsTest {
  @TempDir Path folder;
  private CliLab lab;

  @BeforeEach
  void prepare() {
    lab = new CliLab(folder).with("squares", Squares::define).with("pages", Pages::define);
  }

  @Test
  void gc_journalTellsOfALaterUse_thatCountsAsTheLast() throws Exception {
    lab.run("run", "squares");
    String made = lastUses().get(0);
    lab.run("run", "squares");

    assertThat(lastUses()).hasSize(8).allMatch(used -> used.compareTo(made) > 0);
    lab.run("cache", "gc", "--keep-runs", "1");
    assertThat(runs()).hasSize(1);
    assertThat(lastUses()).hasSize(8).allMatch(used -> used.compareTo(made) > 0);
  }

  @Test
  void gc_maxAge_runOfAnOldIdThatWasWrittenLately_tellsOfItsUses() throws Exception {
    lab.run("run", "squares");
    String made = lastUses("--max-age", "1d").get(0);
    lab.run("run", "squares");
    Path all = folder.resolve(".reprise/runs");
    Files.move(all.resolve(runs().get(1)), all.resolve("20010601-000000-7f3a"));

    assertThat(lastUses("--max-age", "1d")).hasSize(8).allMatch(used -> used.compareTo(made) > 0);
  }

  @Test
  void gc_maxAgeOfMoreThanAllTime_isNoLimit() {
    lab.run("run", "squares");

    Ran ran = lab.run("cache", "gc", "--max-age", "400000000000d", "--keep-runs", "1");

    assertThat(ran.err()).isEmpty();
    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).startsWith("no entry had to go");
  }

  /** When each of the eight entries was used last, as a dry run tells. */
  private List<String> lastUses(String... options) {
    List<String> words = new ArrayList<>(List.of("cache", "gc", "--max-size", "1", "--dry-run"));
    words.addAll(List.of("--output", "json"));
    words.addAll(List.of(options));
    Ran ran = lab.run(words.toArray(String[]::new));
    assertThat(ran.exit()).as(ran.err()).isZero();
    return ran.out()
        .lines()
        .flatMap(line -> Stream.of(line.split(",")))
        .filter(field -> field.contains("\"last_used\""))
        .map(field -> field.replaceAll(".*\"last_used\" *: *\"", ""))
        .toList();
  }

  @Test
  void gc_keepRuns_forgetsTheOldestAndSaysSo() throws Exception {
    for (int i = 0; i < 4; i++) {
      lab.run("run", "squares");
    }
    List<String> before = runs();

    assertThat(lab.run("cache", "gc", "--keep-runs", "3", "--dry-run").lastLine())
        .isEqualTo("1 run would be forgotten");
    assertThat(runs()).hasSize(4);
    assertThat(lab.run("cache", "gc", "--keep-runs", "2").lastLine()).isEqualTo("2 runs forgotten");
    assertThat(runs()).isEqualTo(before.subList(2, 4));
    assertThat(lab.run("runs", "ls").exit()).isZero();
    assertThat(lab.run("result", "total").out()).startsWith("the sum is 30");
    assertThat(lab.run("run", "squares").lastLine()).startsWith("8 cached · 0 ran");
  }

  @Test
  void gc_keepRunsWithinMaxAge_keepsThoseThatTellOfUses() throws Exception {
    lab.run("run", "squares");
    lab.run("run", "squares");

    lab.run("cache", "gc", "--keep-runs", "1", "--max-age", "1h");

    assertThat(runs()).hasSize(2);
  }

  @Test
  void gc_keepRuns_runsOfWhichNothingIsKnownStay() throws Exception {
    Files.createDirectories(folder.resolve(".reprise/runs/20010601-000000-7f3a"));
    lab.run("run", "squares");
    lab.run("run", "squares");

    lab.run("cache", "gc", "--keep-runs", "1");

    assertThat(runs()).hasSize(2).startsWith("20010601-000000-7f3a");
  }

  @Test
  void pin_usedByARun_keepsWhatItFoundAndMade() throws Exception {
    lab.run("run", "squares");
    lab.run("run", "squares", "--param", "add=1"); // finds 'numbers', makes seven

    assertThat(lab.run("cache", "pin", "--used-by", "latest").out()).startsWith("8 entries, ");
    lab.run("cache", "gc", "--max-size", "1");

    assertThat(lab.run("run", "squares", "--param", "add=1").lastLine())
        .startsWith("8 cached · 0 ran");
    assertThat(lab.run("run", "squares").lastLine()).startsWith("1 cached · 7 ran");
  }

  @Test
  void run_overItsLimit_saysInOneLineWhatWent() {
    lab.environment.put("REPRISE_GC_MAX_SIZE", "300k");
    assertThat(lab.run("run", "pages").err()).isEmpty();
    lab.run("run", "squares");
    lab.environment.put("REPRISE_GC_MAX_SIZE", "100k");

    Ran ran = lab.run("run", "squares", "--param", "add=1");

    assertThat(ran.exit()).isZero();
    assertThat(ran.err().lines()).hasSize(1);
    assertThat(ran.err()).startsWith("cache     evicted ").contains(" of at most 100 KiB left");
    assertThat(lab.run("cache", "verify").exit()).isZero();
    assertThat(lab.run("run", "squares", "--param", "add=1").lastLine())
        .startsWith("8 cached · 0 ran");
    Ran pages = lab.run("run", "pages");
    assertThat(pages.exit()).isZero();
    assertThat(lab.run("result", "total").out()).startsWith(Pages.TOTAL);
  }

  /** FAULTS row 39: whoever names what is gone is told so. */
  @Test
  void result_wasEvicted_saysSoAndRunsAgain() throws Exception {
    lab.run("run", "pages");
    try (Stream<Path> all = Files.walk(folder.resolve(".reprise/store/blobs"))) {
      for (Path blob : all.filter(Files::isRegularFile).toList()) {
        Files.setLastModifiedTime(blob, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
      }
    }
    lab.run("cache", "gc", "--max-size", "1");

    Ran gone = lab.run("result", "page:1");
    assertThat(gone.exit()).isEqualTo(6);
    assertThat(gone.out()).isEmpty();
    assertThat(gone.err()).contains("makes it again");
    assertThat(lab.run("cache", "verify").exit()).isZero();
    assertThat(lab.run("run", "pages").lastLine()).startsWith("0 cached · 12 ran");
    assertThat(lab.run("result", "total").out()).startsWith(Pages.TOTAL);
  }

  private List<String> runs() throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve(".reprise/runs"))) {
      return all.map(each -> each.getFileName().toString()).sorted().toList();
    }
  }
}
