package dev.reprise.cli.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cli.testing.CommandLab.Ran;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code cache clear}. */
class ClearCommandTest extends CacheCommandLab {
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
}
