package dev.reprise.cli.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cli.testing.CacheHome;
import dev.reprise.cli.testing.CommandLab;
import dev.reprise.cli.testing.CommandLab.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CacheCommandTest {
  @TempDir static Path made;
  @TempDir Path folder;
  private CommandLab lab;
  private Path home;

  @BeforeAll
  static void make() throws Exception {
    Instant now = CommandLab.NOW;
    try (CacheHome home = new CacheHome(made, "default/default")) {
      home.put("clean", "month=2001-01", 300, now.minus(Duration.ofDays(40)));
      home.put("clean", "month=2001-02", 301, now.minus(Duration.ofHours(3)));
      home.put("delays", "month=2001-01", 3, now.minus(Duration.ofMinutes(12)));
      home.put("report", "", 4, now.minus(Duration.ofSeconds(50)));
    }
  }

  @BeforeEach
  void prepare() throws IOException {
    lab = new CommandLab(folder);
    lab.copyHome(made);
    home = folder.resolve(".reprise");
  }

  private JsonNode json(String... arguments) throws IOException {
    String[] all =
        Stream.concat(Stream.of(arguments), Stream.of("--output", "json")).toArray(String[]::new);
    Ran ran = lab.run(all);
    assertThat(ran.err()).isEmpty();
    assertThat(ran.exit()).isZero();
    JsonNode json = new ObjectMapper().readTree(ran.out());
    assertThat(json.get("schema").asInt()).isEqualTo(1);
    return json;
  }

  private List<String> steps() throws IOException {
    return json("cache", "ls").get("entries").findValuesAsText("step");
  }

  private List<Path> blobs() throws IOException {
    Path blobs = home.resolve("store/blobs");
    try (Stream<Path> all = Files.walk(blobs)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  // ---- ls ------------------------------------------------------------------------------------

  @Test
  void ls_all_areALineEachNewestFirst() {
    Ran ran = lab.run("cache", "ls");

    assertThat(ran.err()).isEmpty();
    assertThat(ran.exit()).isZero();
    assertThat(ran.out())
        .isEqualTo(
            """
            KEY           STEP                     SIZE   TOOK     AGE  RUN
            %s  report                   40 B  1.5 s  50.0 s  20010601-000000-7f3a
            %s  delays:month=2001-01     30 B  1.5 s  12m00s  20010601-000000-7f3a
            %s  clean:month=2001-02   2.9 KiB  1.5 s   3h00m  20010601-000000-7f3a
            %s  clean:month=2001-01   2.9 KiB  1.5 s  40d00h  20010601-000000-7f3a
            4 entries, 5.9 KiB, 6.0 s of executor time
            """
                .formatted(
                    shortKey("report", ""),
                    shortKey("delays", "month=2001-01"),
                    shortKey("clean", "month=2001-02"),
                    shortKey("clean", "month=2001-01")));
  }

  private static String shortKey(String step, String label) {
    return CacheHome.key(step, label).toString().substring(0, 12);
  }

  @Test
  void ls_moreThanTheLimit_showsTheNewestAndSaysSo() {
    assertThat(lab.run("cache", "ls", "--limit", "1").out())
        .contains("report")
        .doesNotContain("delays")
        .endsWith(
            """
            the newest 1 of 4 are shown; --limit 0 shows all
            4 entries, 5.9 KiB, 6.0 s of executor time
            """);
  }

  @ParameterizedTest
  @CsvSource({
    "--step clean, 2",
    "--step clean:month=2001-02, 1",
    "--step clean --older-than 1d, 1",
    "--older-than 10m, 3",
    "--older-than 99999999999999d, 0",
    "--pipeline sample, 4",
    "--pipeline other, 0",
    "--run 20010601-000000-7f3a, 4",
    "--run 20010601-000000-51d0, 0"
  })
  void ls_options_chooseTogether(String options, int count) throws IOException {
    assertThat(json(("cache ls " + options).split(" ")).get("total").asInt()).isEqualTo(count);
  }

  @Test
  void ls_asJson_hasWhatScriptsNeed() throws IOException {
    JsonNode entry = json("cache", "ls", "--step", "report").get("entries").get(0);

    assertThat(entry.toString())
        .isEqualTo(
            """
            {"key":"%s","pipeline":"sample","step":"report","label":"",\
            "run":"20010601-000000-7f3a","attempt":1,"executor":"local","host":"host",\
            "created":"2001-06-01T11:59:10Z","expires":null,"seconds":1.5,"partitions":1,\
            "bytes":40,"inline_bytes":40,"rows":4}"""
                .formatted(CacheHome.key("report", "")));
  }

  @Test
  void ls_noSuchStep_namesTheNearest() {
    Ran ran = lab.run("cache", "ls", "--step", "cleen");

    assertThat(ran.exit()).isZero();
    assertThat(ran.out())
        .isEqualTo("no such entries in %s; did you mean 'clean'?\n".formatted(home));
  }

  @Test
  void ls_noHome_isEmptyAndMakesNone() {
    Ran ran = lab.run("cache", "ls", "--home", "empty");

    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).isEqualTo("no entries in %s\n".formatted(folder.resolve("empty")));
    assertThat(folder.resolve("empty")).doesNotExist();
  }

  @Test
  void ls_otherProject_seesNothingOfThisOne() {
    assertThat(lab.run("cache", "ls", "--conf", "project=other").out())
        .startsWith("no entries in ");
  }

  @Test
  void ls_besideAWriter_showsWhatIsThere() throws Exception {
    try (CacheHome writer = new CacheHome(home, "default/default")) {
      writer.put("train", "", 1, lab.now);

      assertThat(steps()).contains("train", "clean");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--limit -1 | --limit cannot be -1, wanted 0 or more",
        "--older-than soon | --older-than cannot be 'soon', wanted a duration, such as 90m, 12h or 30d",
        "--key 3C | --key: '3C' is not how a key begins, wanted hexadecimal digits as 'cache ls' shows them"
      })
  void ls_badOption_saysWhatIsWanted(String options, String message) {
    Ran ran = lab.run(("cache ls " + options).split(" "));

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).isEqualTo(message + "\n");
  }

  // ---- show ----------------------------------------------------------------------------------

  @Test
  void show_entry_tellsWhereItIsFromAndWhatItHolds() throws IOException {
    Ran ran = lab.run("cache", "show", shortKey("clean", "month=2001-02"));

    String blob =
        blobs().stream()
            .filter(file -> file.toFile().length() == 3010)
            .map(file -> file.getFileName().toString())
            .findFirst()
            .orElseThrow();
    assertThat(ran.exit()).isZero();
    assertThat(ran.out())
        .startsWith(
            """
            key       %s
            step      clean:month=2001-02
            pipeline  sample
            made by   run 20010601-000000-7f3a, attempt 1, executor local on host
            created   2001-06-01T09:00:00Z, 3h00m ago
            expires   never
            took      1.5 s
            content\
            """
                .formatted(CacheHome.key("clean", "month=2001-02")))
        .endsWith(
            """

            PART  ROWS     SIZE  CODEC    WHERE
               0   301  2.9 KiB  arrow/1  blob %s, present

            what the key was made of is not remembered any more
            """
                .formatted(blob.substring(0, 12)));
  }

  @Test
  void show_blobGone_saysSo() throws IOException {
    for (Path blob : blobs()) {
      Files.delete(blob);
    }

    assertThat(lab.run("cache", "show", shortKey("clean", "month=2001-02")).out())
        .contains(", missing\n");
    assertThat(json("cache", "show", shortKey("report", "")).get("parts").get(0).get("state"))
        .hasToString("\"inline\"");
  }

  @Test
  void show_noSuchKey_isRefused() {
    Ran ran = lab.run("cache", "show", "00000000");

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err())
        .isEqualTo("no key begins with '00000000'; 'reprise cache ls --limit 0' lists all\n");
  }

  @Test
  void show_severalKeys_areNamed() throws Exception {
    String first = shortKey("report", "").substring(0, 1);
    try (CacheHome made = new CacheHome(home, "default/default")) {
      for (int i = 0; i < 100; i++) {
        made.put("many", Integer.toString(i), 1, lab.now);
      }
    }

    Ran ran = lab.run("cache", "show", first);

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err())
        .startsWith("several keys begin with '%s': %s".formatted(first, first))
        .endsWith("; write more of the key\n");
  }

  // ---- stats ---------------------------------------------------------------------------------

  @Test
  void stats_all_showsSumsAndSteps() {
    Ran ran = lab.run("cache", "stats");

    assertThat(ran.exit()).isZero();
    assertThat(ran.out().replaceAll("(index +)[^,]+", "$1SIZE on disk"))
        .isEqualTo(
            """
            entries  4 entries, 0 damaged
            results  5.9 KiB, 70 B of it in the index; 6.0 s of executor time
            store    2 blobs, 5.9 KiB
                     %s/store
            index    SIZE on disk, format 1
                     %s/index

            STEP    ENTRIES     SIZE   TOOK
            clean         2  5.9 KiB  3.0 s
            delays        1     30 B  1.5 s
            report        1     40 B  1.5 s
            """
                .formatted(home, home));
  }

  @Test
  void stats_blobThatNobodyNames_isCounted() throws Exception {
    try (CacheHome made = new CacheHome(home, "default/default")) {
      made.put("clean", "month=2001-02", 302, lab.now);
    }

    JsonNode stats = json("cache", "stats");

    assertThat(stats.get("blobs").asInt()).isEqualTo(3);
    assertThat(stats.get("unnamed_blobs").asInt()).isEqualTo(1);
    assertThat(stats.get("unnamed_blob_bytes").asInt()).isEqualTo(3010);
    assertThat(lab.run("cache", "stats").out())
        .contains("\n         1 (2.9 KiB) of it that no entry here names\n");
  }

  @Test
  void statsAndVerify_temporaryFiles_areCountedAndSaidWhenTheyGo() throws Exception {
    Path left = home.resolve("store/tmp/20010101-000000-0000/a1-00");
    Files.createDirectories(left.getParent());
    Files.write(left, new byte[2000]);

    String sentence =
        "1 temporary file (2.0 KiB) being written, or left by attempts that died: the next run"
            + " removes those of runs that it knows are over, others once nobody wrote them for 7"
            + " days\n";
    assertThat(lab.run("cache", "stats").out()).contains("\n         " + sentence);
    Ran verified = lab.run("cache", "verify");
    assertThat(verified.exit()).isZero();
    assertThat(verified.out()).endsWith(sentence);
    for (String command : List.of("stats", "verify")) {
      assertThat(json("cache", command).get("temporary_files").asInt()).isEqualTo(1);
      assertThat(json("cache", command).get("temporary_bytes").asInt()).isEqualTo(2000);
    }
  }

  @Test
  void statsAndVerify_damagedBlobMovedAside_isCountedAndSaidWhenItGoes() throws Exception {
    flipBit(blobOf(300));
    lab.run("cache", "verify", "--repair");

    String sentence =
        "1 blob (2.9 KiB) moved aside as damaged, in quarantine/: a run removes those that lie there"
            + " for 30 days\n";
    assertThat(lab.run("cache", "stats").out()).contains("\n         " + sentence);
    assertThat(lab.run("cache", "verify").out()).endsWith(sentence);
    for (String command : List.of("stats", "verify")) {
      assertThat(json("cache", command).get("quarantined_blobs").asInt()).isEqualTo(1);
      assertThat(json("cache", command).get("quarantined_bytes").asInt()).isEqualTo(3000);
    }
    lab.run("cache", "clear", "--yes");
    assertThat(json("cache", "stats").get("quarantined_blobs").asInt()).isZero();
  }

  // ---- verify --------------------------------------------------------------------------------

  private static void flipBit(Path blob) throws IOException {
    byte[] bytes = Files.readAllBytes(blob);
    bytes[bytes.length / 2] ^= 1;
    Files.write(blob, bytes);
  }

  private Path blobOf(int rows) throws IOException {
    return blobs().stream().filter(blob -> blob.toFile().length() == 10L * rows).findFirst().get();
  }

  @Test
  void verify_allIsWell_saysHowMuchWasRead() {
    Ran ran = lab.run("cache", "verify");

    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).isEqualTo("4 entries, 2 blobs as written (5.9 KiB read)\n");
    assertThat(lab.run("cache", "verify", "--quick").out())
        .isEqualTo("4 entries, 2 blobs as written, as far as size tells\n");
  }

  @Test
  void verify_damagedAndDeletedBlobs_areNamedAndExitsWithSix() throws IOException {
    flipBit(blobOf(300));
    Files.delete(blobOf(301));

    Ran ran = lab.run("cache", "verify");

    assertThat(ran.exit()).isEqualTo(6);
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out().lines().map(line -> line.split("  +", 4)[0]))
        .startsWith("STEP", "clean:month=2001-01", "clean:month=2001-02");
    assertThat(ran.out())
        .contains("BLOB_CORRUPT", "BLOB_MISSING", "2 entries, 0 blobs as written")
        .endsWith(
            "2 faults; none is ever used, what it held runs again; 'reprise cache verify --repair'"
                + " takes them out of the way\n");
    Ran quick = lab.run("cache", "verify", "--quick");
    assertThat(quick.out()).contains("BLOB_MISSING").doesNotContain("BLOB_CORRUPT");
    assertThat(quick.exit()).isEqualTo(6);
  }

  @Test
  void verify_asJson_hasAFindingEach() throws IOException {
    Files.delete(blobOf(301));

    Ran ran = lab.run("cache", "verify", "--output", "json");

    JsonNode json = new ObjectMapper().readTree(ran.out());
    assertThat(ran.exit()).isEqualTo(6);
    assertThat(json.get("entries").asInt()).isEqualTo(3);
    JsonNode finding = json.get("findings").get(0);
    assertThat(finding.get("code").asText()).isEqualTo("BLOB_MISSING");
    assertThat(finding.get("step").asText()).isEqualTo("clean");
    assertThat(finding.get("label").asText()).isEqualTo("month=2001-02");
    assertThat(finding.get("key").asText())
        .isEqualTo(CacheHome.key("clean", "month=2001-02").toString());
    assertThat(finding.get("repaired").asBoolean()).isFalse();
  }

  @Test
  void verify_repair_takesFaultsOutOfTheWay() throws IOException {
    Path damaged = blobOf(300);
    flipBit(damaged);

    Ran ran = lab.run("cache", "verify", "--repair");

    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).contains("1 fault out of the way now; what they held runs again\n");
    assertThat(damaged).doesNotExist();
    assertThat(steps()).containsExactly("report", "delays", "clean");
    assertThat(lab.run("cache", "verify").exit()).isZero();
  }

  @Test
  void verify_blobsThatNoManifestNames_areCountedAndStay() throws Exception {
    try (CacheHome made = new CacheHome(home, "default/default")) {
      made.put("clean", "month=2001-02", 302, lab.now); // in the place of another
    }

    Ran ran = lab.run("cache", "verify", "--repair");

    assertThat(ran.exit()).isZero();
    assertThat(ran.out())
        .endsWith(
            "1 blob (2.9 KiB) that no manifest names: of entries that were replaced, or of runs that"
                + " kept nothing\n");
    assertThat(json("cache", "verify").get("unnamed_blobs").asInt()).isEqualTo(1);
    assertThat(json("cache", "verify").get("unnamed_bytes").asInt()).isEqualTo(3010);
    assertThat(blobs()).hasSize(3);
  }

  @Test
  void verify_noHome_isWellAndMakesNone() throws IOException {
    Path elsewhere = folder.resolve("elsewhere");

    for (String repair : List.of("--quick", "--repair")) {
      assertThat(lab.run("cache", "verify", repair, "--home", elsewhere.toString()).out())
          .startsWith("0 entries, 0 blobs as written");
    }
    assertThat(elsewhere).doesNotExist();
  }

  // ---- rebuild -------------------------------------------------------------------------------

  @Test
  void rebuild_indexLost_bringsBackWhatHasBlobs() throws Exception {
    try (Stream<Path> files = Files.walk(home.resolve("index"))) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
    assertThat(json("cache", "ls").get("total").asInt()).isZero();

    Ran ran = lab.run("cache", "rebuild");

    assertThat(ran.err()).isEmpty();
    assertThat(ran.out()).isEqualTo("restored 2 entries; 0 there already, 0 without their blobs\n");
    assertThat(steps()).containsExactly("clean", "clean");
    assertThat(lab.run("cache", "verify").exit()).isZero();
    JsonNode again = json("cache", "rebuild");
    assertThat(again.get("restored").asInt()).isZero();
    assertThat(again.get("there").asInt()).isEqualTo(2);
  }

  @Test
  void rebuild_anew_movesTheIndexAsideAndLeavesOutWhatIsGone() throws Exception {
    Files.delete(blobOf(301));

    Ran ran = lab.run("cache", "rebuild", "--anew");

    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).isEqualTo("restored 1 entry; 0 there already, 1 without their blobs\n");
    assertThat(steps()).containsExactly("clean");
    try (Stream<Path> files = Files.list(home)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .anyMatch(name -> name.startsWith("index."));
    }
  }

  // ---- evict ---------------------------------------------------------------------------------

  @Test
  void evict_step_removesEntriesAndTheirBlobs() throws IOException {
    Ran ran = lab.run("cache", "evict", "--step", "clean");

    assertThat(ran.err()).isEmpty();
    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).isEqualTo("removed 2 entries, 5.9 KiB; 5.9 KiB freed in the store\n");
    assertThat(steps()).containsExactly("report", "delays");
    assertThat(blobs()).isEmpty();
  }

  @Test
  void evict_dryRun_showsAndRemovesNothing() throws IOException {
    Ran ran = lab.run("cache", "evict", "--older-than", "1h", "--dry-run");

    assertThat(ran.out())
        .startsWith("KEY ")
        .contains("  clean:month=2001-01  ")
        .endsWith("would remove 2 entries, 5.9 KiB\n");
    assertThat(steps()).hasSize(4);
    assertThat(blobs()).hasSize(2);
  }

  @Test
  void evict_blobThatAnotherScopeNames_stays() throws Exception {
    Manifest same;
    try (CacheHome other = new CacheHome(home, "default/prod")) {
      same = other.put("clean", "month=2001-01", 300, lab.now);
    }

    Ran ran = lab.run("cache", "evict", "--step", "clean");

    String kept =
        ((Location.Stored) same.partitions().get(0).location()).blob().address().toString();
    assertThat(ran.out()).endsWith("; 2.9 KiB freed in the store\n");
    assertThat(blobs()).extracting(file -> file.getFileName().toString()).containsExactly(kept);
  }

  /** The run that made all entries, and a newer one that made none. */
  private void twoRuns() throws IOException {
    Files.createDirectories(home.resolve("runs/20010601-000000-7f3a"));
    Files.createDirectories(home.resolve("runs/20010602-000000-51d0"));
  }

  @ParameterizedTest
  @CsvSource({"7f3a, 4", "20010601, 4", "51d0, 0", "latest, 0"})
  void evict_runInShort_isTheOneRunThatTheHistoryHas(String run, int removed) throws IOException {
    twoRuns();

    assertThat(json("cache", "evict", "--run", run).get("removed").asInt()).isEqualTo(removed);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      textBlock =
          """
          --run 2,       --run: '2' fits 2 runs
          --run abcd,    --run: no run 'abcd'
          --run=,        --run is empty; give it a value
          --step=,       --step is empty
          --pipeline=,   --pipeline is empty
          --key=,        --key: '' is not how a key begins
          --older-than=, --older-than cannot be ''
          """)
  void evict_optionThatDoesNotSayWhich_isRefusedAndNothingGoes(String option, String message)
      throws IOException {
    twoRuns();

    Ran ran = lab.run(("cache evict " + option).split(" "));

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).startsWith(message);
    assertThat(steps()).hasSize(4);
  }

  @Test
  void evict_noOption_isRefused() {
    Ran ran = lab.run("cache", "evict");

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err())
        .isEqualTo(
            "say which entries: --step, --pipeline, --run, --key or --older-than; 'reprise cache"
                + " clear' removes all\n");
  }

  @Test
  void evict_nothingMatches_saysSo() {
    Ran ran = lab.run("cache", "evict", "--step", "repord");

    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).isEqualTo("no such entries; did you mean 'report'?\n");
  }

  @Test
  void evict_anotherHoldsTheIndex_waitsThenSaysWho() throws Exception {
    try (CacheHome writer = new CacheHome(home, "default/default")) {
      Ran ran = lab.run("cache", "evict", "--step", "clean", "--lock-timeout", "300ms");

      String pid = "pid " + ProcessHandle.current().pid() + " on host ";
      assertThat(ran.exit()).isEqualTo(7);
      assertThat(ran.err())
          .startsWith("waiting for the index, held by " + pid)
          .contains("the index " + home.resolve("index") + " is held by " + pid)
          .contains("(reprise run sample)")
          .endsWith(": wait for it to end, raise --lock-timeout, or name another --home\n");
      assertThat(writer).isNotNull();
    }
  }

  // ---- clear ---------------------------------------------------------------------------------

  @Test
  void clear_yes_removesAll() throws IOException {
    Ran ran = lab.run("cache", "clear", "--yes");

    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).isEqualTo("removed 4 entries; 5.9 KiB freed in the store\n");
    assertThat(steps()).isEmpty();
    assertThat(blobs()).isEmpty();
  }

  @Test
  void clear_noTerminalToAskAt_isRefused() throws IOException {
    Ran ran = lab.run("cache", "clear");

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err())
        .isEqualTo("this removes all entries; say --yes if that is what you want\n");
    assertThat(steps()).hasSize(4);
  }

  @ParameterizedTest
  @CsvSource({"y, 0", "yes, 0", "n, 4", "'', 4", "yess, 4"})
  void clear_atATerminal_asks(String answer, int left) throws IOException {
    lab.terminal = true;
    lab.typed = answer + "\n";

    Ran ran = lab.run("cache", "clear");

    assertThat(ran.exit()).isZero();
    assertThat(ran.err())
        .isEqualTo(
            "remove all 4 entries (5.9 KiB, 6.0 s of executor time) of default/default in %s? [y/N] "
                .formatted(home));
    assertThat(steps()).hasSize(left);
  }

  @Test
  void clear_noHome_hasNothingToDoAndMakesNone() {
    Ran ran = lab.run("cache", "clear", "--yes", "--home", "empty");

    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).isEqualTo("removed 0 entries; 0 B freed in the store\n");
    assertThat(folder.resolve("empty")).doesNotExist();
  }

  // ---- what is wrong -------------------------------------------------------------------------

  @Test
  void index_ofANewerFormat_isLeftAloneAndSaidSo() throws IOException {
    Files.writeString(home.resolve("index/reprise-index"), "9\n");

    Ran ran = lab.run("cache", "ls");

    assertThat(ran.exit()).isEqualTo(5);
    assertThat(ran.err())
        .contains("has format '9', this Reprise knows 1")
        .contains("nothing was changed");
  }

  @Test
  void store_isAnotherFolder_saysSo() throws IOException {
    Files.createDirectories(folder.resolve("other"));
    Files.writeString(folder.resolve("other/file"), "");

    Ran ran = lab.run("cache", "ls", "--store", "other");

    assertThat(ran.exit()).isEqualTo(5);
    assertThat(ran.err()).contains("is not a result store");
  }
}
