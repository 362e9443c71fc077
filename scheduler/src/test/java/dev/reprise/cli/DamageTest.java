package dev.reprise.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.testing.Shows;
import dev.reprise.cli.CliLab.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Damage to what is kept costs the units that it holds and never a result. */
class DamageTest {
  @TempDir Path folder;
  private CliLab lab;
  private Path index;

  @BeforeEach
  void fillTheCache() {
    lab = new CliLab(folder).with("pages", Pages::define);
    index = folder.resolve(".reprise/index");
    run("12 ran");
  }

  /** Runs the pipeline; it must succeed with the right result, whatever was done to its home. */
  private Ran run(String counts, String... options) {
    Ran ran =
        lab.run(
            Stream.concat(Stream.of("run", "pages"), Stream.of(options)).toArray(String[]::new));
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.lastLine()).contains(counts).contains("0 failed");
    assertThat(lab.run("result", "total").out()).startsWith(Pages.TOTAL);
    return ran;
  }

  // ---- the index --------------------------------------------------------------------------------

  @Test
  @Shows("Argo 19")
  void run_indexOfNewerFormat_goesOnWithoutCacheAndTouchesNothing() throws Exception {
    Path marker = index.resolve("reprise-index");
    Files.writeString(marker, "9\n");
    List<String> before = listing(index);

    Ran ran = run("0 cached · 12 ran");

    assertThat(ran.err())
        .isEqualTo(
            "warning: no cache: the index %s has format '9', this Reprise knows 1: use the Reprise that wrote it, or another --home; nothing was changed\n"
                .formatted(index.toRealPath()));
    assertThat(ran.out()).contains("INDEX_UNAVAILABLE");
    assertThat(listing(index)).isEqualTo(before);
    assertThat(marker).hasContent("9");
    Files.writeString(marker, "1\n");
    run("12 cached");
  }

  @Test
  void run_cacheRequiredAndIndexOfNewerFormat_exitsWithFiveAndRunsNothing() throws Exception {
    Files.writeString(index.resolve("reprise-index"), "9\n");

    Ran ran = lab.run("run", "pages", "--cache=require");

    assertThat(ran.exit()).isEqualTo(5);
    assertThat(ran.err())
        .contains("has format '9'")
        .endsWith("error: the cache is required and its index cannot be read\n");
    assertThat(ran.lastLine()).startsWith("0 cached · 0 ran · 0 failed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"CURRENT", "MANIFEST"})
  @Shows("Fault 18")
  void run_indexDamaged_movesItAsideSaysSoAndGoesOn(String file) throws Exception {
    Files.writeString(indexFile(file), "garbage\n");
    Ran plan = lab.run("plan", "pages");
    assertThat(plan.exit()).isZero();
    assertThat(plan.err()).contains("; the next run moves it aside and begins an empty one\n");

    Ran ran = run("0 cached · 12 ran");

    assertThat(ran.err())
        .startsWith("warning: the index %s is damaged (".formatted(index.toRealPath()))
        .contains("; it is moved to " + folder.toRealPath().resolve(".reprise/index.corrupt-"))
        .endsWith("'reprise cache rebuild' finds again what the store holds\n");
    try (Stream<Path> home = Files.list(folder.resolve(".reprise"))) {
      assertThat(home.filter(each -> each.toString().contains("index.corrupt-")))
          .singleElement()
          .satisfies(aside -> assertThat(listing(aside)).contains("CURRENT"));
    }
    assertThat(run("12 cached").err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"CURRENT garbage", "MANIFEST garbage", "CURRENT gone"})
  void run_cacheRequiredAndIndexDamaged_exitsWithFiveAndLeavesItAsItIs(String damage)
      throws Exception {
    Path file = indexFile(damage.split(" ")[0]);
    if (damage.endsWith("gone")) {
      Files.delete(file);
    } else {
      Files.writeString(file, "garbage\n");
    }

    for (int i = 0; i < 2; i++) {
      Ran ran = lab.run("run", "pages", "--cache=require");

      assertThat(ran.exit()).isEqualTo(5);
      assertThat(ran.err())
          .startsWith("warning: no cache: the index %s ".formatted(index.toRealPath()))
          .contains("; it stays as it is: a run with --cache=on moves it aside and begins an empty")
          .endsWith("error: the cache is required and its index cannot be read\n");
      assertThat(ran.lastLine()).startsWith("0 cached · 0 ran · 0 failed");
    }
    assertThat(listing(folder.resolve(".reprise"))).noneMatch(name -> name.contains("corrupt"));
  }

  @Test
  @Shows("Fault 18")
  void rebuild_indexDamaged_findsWhatTheStoreHolds() throws Exception {
    Files.writeString(indexFile("CURRENT"), "garbage\n");

    Ran rebuilt = lab.run("cache", "rebuild");

    assertThat(rebuilt.exit()).as(rebuilt.err()).isZero();
    assertThat(rebuilt.out()).startsWith("restored 5 entries");
    run("5 cached · 7 ran");
  }

  /** What a run told of is in a file of its own. */
  @Test
  @Shows("Fault 19")
  void run_logOfIndexDamaged_losesAtMostEntriesAndNoRun() throws Exception {
    int found = 0;
    for (int part = 0; part < 8; part++) {
      for (Path log : logs()) {
        byte[] bytes = Files.readAllBytes(log);
        for (int i = 0; i < 16 && bytes.length > 0; i++) {
          bytes[Math.min(bytes.length - 1, bytes.length * part / 8 + i)] ^= 0x55;
        }
        Files.write(log, bytes);
      }
      assertThat(lab.run("result", "total").out()).as("of the journal").startsWith(Pages.TOTAL);

      found += run("0 failed").lastLine().startsWith("12 cached") ? 1 : 0;

      Ran verified = lab.run("cache", "verify");
      assertThat(verified.exit()).as(verified.err()).isZero();
      run("12 cached");
    }
    assertThat(found).as("runs that missed nothing").isLessThan(8);
    assertThat(lab.run("runs", "ls").out().lines().filter(line -> line.contains("SUCCEEDED")))
        .hasSize(17);
  }

  private List<Path> logs() throws IOException {
    return filesBelow(index).stream().filter(file -> file.toString().endsWith(".log")).toList();
  }

  @Test
  void run_tablesOfIndexDamaged_losesAtMostWhatTheyHold() throws Exception {
    runUntilTheIndexHasTables();
    for (Path table : tables()) {
      flip(table);
    }

    run("0 failed");
    run("0 failed");
  }

  @ParameterizedTest
  @CsvSource({"byte flipped, block checksum mismatch", "cut short, Bad table magic number"})
  @Shows("Fault 17")
  void doctor_tableOfIndexDamaged_saysWhichAndTheWayOutThatHeals(String damage, String why)
      throws Exception {
    runUntilTheIndexHasTables();
    assertThat(lab.run("doctor").exit()).isZero();
    Path table =
        Collections.max(tables(), Comparator.comparingLong(each -> each.toFile().length()));
    byte[] bytes = Files.readAllBytes(table);
    if (damage.equals("cut short")) {
      bytes = Arrays.copyOf(bytes, bytes.length - 1);
    } else {
      bytes[bytes.length / 4] ^= 1;
    }
    Files.write(table, bytes);

    Ran ran = lab.run("doctor");

    assertThat(ran.exit()).isEqualTo(6);
    assertThat(ran.out())
        .containsSubsequence(
            "fail  index      %s is damaged: ".formatted(index),
            why,
            "what is lost with it runs again; 'reprise cache rebuild --anew' moves it aside and")
        .contains(String.valueOf(table.getFileName()));
    assertThat(lab.run("doctor", "--output", "json").out()).contains("\"state\" : \"fail\"");
    Ran verified = lab.run("cache", "verify");
    assertThat(verified.exit()).isEqualTo(6);
    assertThat(verified.out())
        .containsSubsequence(
            "the index %s is damaged: ".formatted(index), why, "'reprise cache rebuild --anew'");
    assertThat(lab.run("cache", "verify", "--output", "json").out()).contains(why);
    if (damage.equals("byte flipped")) {
      assertThat(lab.run("cache", "verify", "--quick", "--repair").out())
          .as("what has no key cannot be taken out by it")
          .contains("; 'reprise cache rebuild --anew' makes the index anew from the store")
          .doesNotContain("--repair");
    }

    assertThat(lab.run("cache", "rebuild", "--anew").exit()).isZero();
    assertThat(lab.run("doctor").exit()).isZero();
    run("5 cached · 7 ran");
  }

  // ---- the store --------------------------------------------------------------------------------

  @Test
  @Shows({"Dagster 7", "Fault 16"})
  void run_blobDeleted_runsThatUnitAloneAgain() throws Exception {
    Files.delete(blob(3));

    Ran found = lab.run("cache", "verify");
    assertThat(found.exit()).isEqualTo(6);
    assertThat(found.out()).containsPattern("\npage:3 +[0-9a-f]{12} +BLOB_MISSING ");
    assertThat(found.out()).doesNotContain("page:2").contains("1 fault; none is ever used");

    Ran ran = run("11 cached · 1 ran");

    assertThat(ran.out()).contains("BLOB_MISSING 3\n");
    assertThat(lab.run("cache", "verify").exit()).isZero();
  }

  @Test
  @Shows("Fault 15")
  void run_blobDamaged_runsThatUnitAloneAgainWhenItIsRead() throws Exception {
    flip(blob(3));

    Ran found = lab.run("cache", "verify");
    assertThat(found.exit()).isEqualTo(6);
    assertThat(found.out()).containsPattern("\npage:3 +[0-9a-f]{12} +BLOB_CORRUPT ");

    Ran ran = run("6 cached · 6 ran", "--rerun", "length");

    assertThat(ran.err())
        .startsWith("warning: 'page:3' runs again: BLOB_CORRUPT(")
        .contains(" is damaged in bytes 0 to ");
    assertThat(lab.run("cache", "verify").exit()).isZero();
  }

  @Test
  @Shows("Fault 14")
  void run_blobCutShort_runsThatUnitAloneAgainAndReplacesIt() throws Exception {
    Path blob = blob(3);
    byte[] whole = Files.readAllBytes(blob);
    Files.write(blob, Arrays.copyOf(whole, whole.length / 2));

    Ran found = lab.run("cache", "verify");
    assertThat(found.exit()).isEqualTo(6);
    assertThat(found.out()).containsPattern("\npage:3 +[0-9a-f]{12} +BLOB_CORRUPT ");

    Ran ran = run("11 cached · 1 ran");

    assertThat(ran.out()).contains("BLOB_CORRUPT 3\n");
    assertThat(blob).hasBinaryContent(whole);
    assertThat(lab.run("cache", "verify").exit()).isZero();
    run("12 cached");
  }

  @Test
  void run_cacheRequiredAndBlobDeleted_exitsWithSixAndNamesTheUnit() throws Exception {
    Files.delete(blob(3));

    Ran ran = lab.run("run", "pages", "--cache=require");

    assertThat(ran.exit()).isEqualTo(6);
    assertThat(ran.err())
        .isEqualTo(
            "error: the cached result of 'page:3' cannot be trusted: BLOB_MISSING; run 'reprise"
                + " cache verify'\n");
  }

  @Test
  void verify_repair_takesDamageOutOfTheWay() throws Exception {
    Files.delete(blob(1));
    flip(blob(3));

    Ran repaired = lab.run("cache", "verify", "--repair");

    assertThat(repaired.exit()).isZero();
    assertThat(repaired.out()).contains("2 faults out of the way now; what they held runs again\n");
    assertThat(lab.run("cache", "verify").exit()).isZero();
    run("10 cached · 2 ran");
  }

  // ---- runs -------------------------------------------------------------------------------------

  @Test
  void why_latestRunWasKilledBeforeItsJournalBegan_tellsOfTheOneBefore() throws Exception {
    Path run = Files.createDirectory(folder.resolve(".reprise/runs/29990101-000000-0000"));

    assertThat(lab.run("why", "total").out()).contains("RAN in ");
    Files.createFile(run.resolve("journal"));
    assertThat(lab.run("why", "total").out()).contains("RAN in ");
    assertThat(lab.run("result", "total").out()).startsWith(Pages.TOTAL);
    Ran shown = lab.run("runs", "show", "29990101");
    assertThat(shown.exit()).isEqualTo(6);
    assertThat(shown.err()).contains("was not begun: the run was killed as it started");
  }

  @Test
  void result_journalWasCutOff_isNotTakenForARunThatDidNotComeToIt() throws Exception {
    Path journal;
    try (Stream<Path> all = Files.walk(folder.resolve(".reprise/runs"))) {
      journal = all.filter(file -> file.endsWith("journal")).findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(journal);
    Files.write(journal, Arrays.copyOf(bytes, bytes.length / 2));

    Ran ran = lab.run("result", "total");

    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err())
        .contains("no result of 'total' in run")
        .contains("whose journal ends before it: the run was killed, or its disk was full");
  }

  // ---- tools ------------------------------------------------------------------------------------

  /** What little a run leaves stays in logs; when these are many, they become tables. */
  private void runUntilTheIndexHasTables() throws IOException {
    for (int i = 0; i < 20 && tables().isEmpty(); i++) {
      run("12 cached");
    }
    assertThat(tables()).as("tables of the index after 20 runs").isNotEmpty();
  }

  private List<Path> tables() throws IOException {
    return filesBelow(index).stream().filter(file -> file.toString().endsWith(".sst")).toList();
  }

  private Path indexFile(String name) throws IOException {
    return filesBelow(index).stream()
        .filter(file -> String.valueOf(file.getFileName()).startsWith(name))
        .findFirst()
        .orElseThrow();
  }

  /** The blob that holds a page. */
  private Path blob(int page) throws IOException {
    for (Path blob : filesBelow(folder.resolve(".reprise/store/blobs"))) {
      if (Files.readString(blob, ISO_8859_1).contains(page + "xxx")) {
        return blob;
      }
    }
    throw new AssertionError("no blob of page " + page);
  }

  private static List<Path> filesBelow(Path top) throws IOException {
    try (Stream<Path> all = Files.walk(top)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  private static List<String> listing(Path top) throws IOException {
    try (Stream<Path> all = Files.list(top)) {
      return all.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static void flip(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    for (int i = bytes.length / 4; i < bytes.length / 2; i++) {
      bytes[i] ^= 1;
    }
    Files.write(file, bytes);
  }
}
