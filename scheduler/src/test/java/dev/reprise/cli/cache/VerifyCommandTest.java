package dev.reprise.cli.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reprise.cli.testing.CacheHome;
import dev.reprise.cli.testing.CommandLab.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code cache verify}. */
class VerifyCommandTest extends CacheCommandLab {
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
