package dev.reprise.cli.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reprise.cli.testing.CacheHome;
import dev.reprise.cli.testing.CommandLab.Ran;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code cache stats}, and what {@code cache verify} says of the same. */
class StatsCommandTest extends CacheCommandLab {
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
}
