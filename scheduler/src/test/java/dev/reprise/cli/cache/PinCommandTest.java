package dev.reprise.cli.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cli.testing.CacheHome;
import dev.reprise.cli.testing.CommandLab.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code cache pin}, {@code unpin}, and {@code ls --pinned}. */
class PinCommandTest extends CacheCommandLab {
  @Test
  void pin_entries_areKeptByEveryLimitAndSaid() throws IOException {
    Ran pin = lab.run("cache", "pin", "--step", "clean");

    assertThat(pin.err()).isEmpty();
    assertThat(pin.exit()).isZero();
    assertThat(pin.out()).isEqualTo("2 entries, 5.9 KiB, pinned\n");
    assertThat(lab.run("cache", "gc", "--max-age", "1m").out())
        .isEqualTo(
            """
            removed 1 entry, 30 B: 1 for age
            30 B freed; 3 entries, 5.9 KiB left
            2 entries, 5.9 KiB, pinned: no limit applies
            """);
    assertThat(lab.run("cache", "gc", "--max-size", "10").out())
        .isEqualTo(
            """
            removed 1 entry, 40 B: 1 for size
            40 B freed; 2 entries, 5.9 KiB left of at most 10 B
            2 entries, 5.9 KiB, pinned: no limit applies, and they alone are too much
            """);
    assertThat(steps()).containsExactly("clean", "clean");
    assertThat(blobs()).hasSize(2);
  }

  @Test
  void pin_again_saysWhatWasPinnedBefore() throws IOException {
    lab.run("cache", "pin", "--step", "report");

    assertThat(lab.run("cache", "pin", "--pipeline", "sample").out())
        .isEqualTo("4 entries, 5.9 KiB, pinned, 1 before\n");
    assertThat(json("cache", "pin", "--step", "report").get("already_pinned").asInt()).isEqualTo(1);
  }

  @Test
  void ls_pinned_showsThoseAlone() throws IOException {
    assertThat(lab.run("cache", "ls", "--pinned").out()).startsWith("no such entries in ");
    lab.run("cache", "pin", "--step", "report");

    assertThat(json("cache", "ls", "--pinned").get("entries").findValuesAsText("step"))
        .containsExactly("report");
    assertThat(json("cache", "ls", "--pinned", "--step", "clean").get("entries")).isEmpty();
  }

  @Test
  void unpin_someOrAll_limitsApplyAgain() throws IOException {
    lab.run("cache", "pin", "--pipeline", "sample");

    assertThat(lab.run("cache", "unpin", "--step", "clean:month=2001-01").out())
        .isEqualTo("1 entry not pinned any more\n");
    assertThat(json("cache", "gc", "--max-size", "1", "--dry-run").get("removed").asInt())
        .isEqualTo(1);
    assertThat(lab.run("cache", "unpin", "--step", "clean:month=2001-01").out())
        .isEqualTo("no such pins\n");
    assertThat(json("cache", "unpin", "--all").get("unpinned").asInt()).isEqualTo(3);
    assertThat(json("cache", "gc", "--max-size", "1", "--dry-run").get("removed").asInt())
        .isEqualTo(4);
  }

  @Test
  void pin_entryThatIsEvictedByHand_goesAndIsPinnedWhenItComesBack() throws Exception {
    lab.run("cache", "pin", "--step", "report");
    assertThat(lab.run("cache", "evict", "--step", "report").out()).startsWith("removed 1 entry");
    try (CacheHome again = new CacheHome(home, "default/default")) {
      again.put("report", "", 4, lab.now);
    }

    assertThat(json("cache", "ls", "--pinned").get("total").asInt()).isEqualTo(1);
    lab.run("cache", "evict", "--step", "report");
    String key = shortKey("report", "");
    assertThat(lab.run("cache", "unpin", "--key", key).out())
        .as("also of an entry that is gone")
        .isEqualTo("1 entry not pinned any more\n");
  }

  @Test
  void pin_oneScope_doesNotPinInAnother() throws Exception {
    try (CacheHome other = new CacheHome(home, "default/prod")) {
      other.put("report", "", 4, lab.now);
    }
    lab.run("cache", "pin", "--step", "report", "--conf", "environment=prod");

    assertThat(json("cache", "ls", "--pinned").get("total").asInt()).isZero();
    List<String> scopes =
        json("cache", "gc", "--max-size", "1", "--dry-run")
            .get("entries")
            .findValuesAsText("scope");
    assertThat(scopes).hasSize(4).containsOnly("default/default");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      textBlock =
          """
          pin,                    "say which entries: --step, --pipeline, --run, --used-by, --named, --key or --older-than"
          unpin,                  "say which entries: --step, --pipeline, --run, --used-by, --named, --key or --older-than, or --all"
          unpin --all --step x,   "--all leaves nothing to choose; give it alone"
          pin --key x,            "--key: 'x' is not how a key begins, wanted hexadecimal digits as 'cache ls' shows them"
          pin --step=,            "--step is empty; give it a value, or leave it out"
          """)
  void pin_badOptions_areRefusedAndNothingChanges(String command, String message)
      throws IOException {
    Ran ran = lab.run(("cache " + command).split(" "));

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).isEqualTo(message + "\n");
    assertThat(home.resolve("pins")).doesNotExist();
  }

  @Test
  void pin_usedByARunThatIsNotThere_isRefused() {
    Ran ran = lab.run("cache", "pin", "--used-by", "7f3a");

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err())
        .isEqualTo(
            "--used-by: there are no runs in %s; start one with 'run'\n", home.resolve("runs"));
  }

  @Test
  void pin_noSuchStep_saysWhichItMayBe() {
    Ran ran = lab.run("cache", "pin", "--step", "repord");

    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).isEqualTo("no such entries; did you mean 'report'?\n");
  }

  @Test
  void pin_fileOfPinsIsDamaged_isRefusedAndTheFileStays() throws IOException {
    Files.writeString(home.resolve("pins"), "garbage");

    for (String command : List.of("pin --step=report", "unpin --all", "ls --pinned")) {
      Ran ran = lab.run(("cache " + command).split(" "));

      assertThat(ran.exit()).as(command).isEqualTo(5);
      assertThat(ran.err()).startsWith("the file of pins " + home.resolve("pins") + " is damaged");
    }
    assertThat(home.resolve("pins")).hasContent("garbage");
  }
}
