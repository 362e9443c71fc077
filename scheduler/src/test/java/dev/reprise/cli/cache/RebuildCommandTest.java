package dev.reprise.cli.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reprise.cli.testing.CommandLab.Ran;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code cache rebuild}. */
class RebuildCommandTest extends CacheCommandLab {
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

  @Test
  void rebuild_sizeOfTheHomeWasKnown_isNotAnyMore() throws Exception {
    Files.writeString(home.resolve("size"), "reprise-size 1 10\n");

    assertThat(lab.run("cache", "rebuild").exit()).isZero();

    assertThat(home.resolve("size")).doesNotExist();
  }
}
