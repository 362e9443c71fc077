package dev.reprise.home;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What tells homes apart that share a store. */
class HomeIdTest {
  @TempDir Path dir;

  @Test
  void of_sameHome_isTheSameAlsoElsewhere() throws Exception {
    Path home = Files.createDirectory(dir.resolve("home"));
    String id = HomeId.of(home);
    assertThat(HomeId.of(home)).isEqualTo(id);

    Path moved = Files.move(home, dir.resolve("moved")); // FAULTS row 30

    assertThat(HomeId.of(moved)).isEqualTo(id);
    assertThat(moved)
        .isDirectoryContaining("glob:**/home.id")
        .isDirectoryNotContaining("glob:**tmp");
  }

  @Test
  void of_otherHome_isAnother() throws Exception {
    Path one = Files.createDirectory(dir.resolve("one"));
    Path other = Files.createDirectory(dir.resolve("other"));

    assertThat(HomeId.of(one)).isNotEqualTo(HomeId.of(other));
  }

  @Test
  void of_homeThatIsNotThere_isItsPathAndMakesNothing() {
    Path home = dir.resolve("home"); // FAULTS row 23

    assertThat(HomeId.of(home)).isEqualTo(home.toString());
    assertThat(home).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "b0a6a4", "\0\0\0\0\0\0\0\0\0\0\0\0", "../../other"})
  void of_homeWhoseFileIsDamaged_isANewNameThatStays(String left) throws Exception {
    Files.writeString(dir.resolve("home.id"), left); // FAULTS row 13

    String id = HomeId.of(dir);

    assertThat(id).hasSize(36).doesNotContain("/");
    assertThat(HomeId.of(dir)).isEqualTo(id);
    assertThat(dir.resolve("home.id")).as("may be somebody's yet").hasContent(left);
  }

  @Test
  void of_homeWhoseFileCannotBeRead_isItsPath() throws Exception {
    Files.createDirectory(dir.resolve("home.id"));

    assertThat(HomeId.of(dir)).isEqualTo(dir.toString());
  }

  @Test
  void of_severalProcessesAtFirstNeed_isOneName() throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    for (int round = 0; round < 40; round++) {
      Path home = Files.createDirectory(dir.resolve("home" + round));
      if (round % 2 == 1) {
        Files.createFile(home.resolve("home.id")); // a damaged one
      }

      Set<String> names = new HashSet<>(Together.call(threads, 8, () -> HomeId.of(home)));

      assertThat(names).hasSize(1);
      assertThat(HomeId.of(home)).as("what the next one finds").isIn(names);
    }
    threads.shutdown();
  }
}
