package dev.reprise.home;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
}
