package dev.reprise.cli.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cli.testing.CacheHome;
import dev.reprise.cli.testing.CommandLab.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code cache show}. */
class ShowCommandTest extends CacheCommandLab {
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
            used      last at 2001-06-01T09:00:00Z
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
}
