package dev.reprise.cli.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reprise.cli.testing.CacheHome;
import dev.reprise.cli.testing.CommandLab.Ran;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code cache ls}. */
class ListCommandTest extends CacheCommandLab {
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
}
