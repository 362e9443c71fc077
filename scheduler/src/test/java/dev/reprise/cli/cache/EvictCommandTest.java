package dev.reprise.cli.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cli.testing.CacheHome;
import dev.reprise.cli.testing.CommandLab.Ran;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code cache evict}. */
class EvictCommandTest extends CacheCommandLab {
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
          --key=,        --key is empty
          --older-than=, --older-than is empty
          --step a --step b, --step is given 2 times; give it once
          --key 1 --key 1,   --key is given 2 times
          """)
  void evict_optionThatDoesNotSayWhich_isRefusedAndNothingGoes(String option, String message)
      throws IOException {
    twoRuns();

    Ran ran = lab.run(("cache evict " + option).split(" "));

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).startsWith(message);
    assertThat(steps()).hasSize(4);
  }

  /** The run that made all entries, and a newer one that made none. */
  private void twoRuns() throws IOException {
    Files.createDirectories(home.resolve("runs/20010601-000000-7f3a"));
    Files.createDirectories(home.resolve("runs/20010602-000000-51d0"));
  }

  @Test
  void evict_noOption_isRefused() {
    Ran ran = lab.run("cache", "evict");

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err())
        .isEqualTo(
            "say which entries: --step, --pipeline, --run, --named, --key or --older-than; 'reprise cache"
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
}
