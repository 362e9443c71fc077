package dev.reprise.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reprise.cache.testing.Shows;
import dev.reprise.cli.testing.CacheHome;
import dev.reprise.cli.testing.CommandLab;
import dev.reprise.cli.testing.CommandLab.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorCommandTest {
  @TempDir Path folder;
  private CommandLab lab;
  private Path home;

  @BeforeEach
  void prepare() {
    lab = new CommandLab(folder);
    lab.now = Instant.now();
    lab.properties.put("java.version", "17.0.15");
    lab.properties.put("java.home", "/usr/lib/jvm/java-17");
    lab.properties.put("os.name", "Linux");
    lab.properties.put("os.arch", "amd64");
    home = folder.resolve(".reprise");
  }

  private static String masked(Ran ran) {
    return ran.out()
        .replaceAll("\\d+ processors?", "N processors")
        .replaceAll("[\\d.]+ [KMGT]iB", "SIZE")
        .replaceAll("[\\d.]+ m?s off", "TIME off");
  }

  @Test
  void doctor_nothingThereYet_isFineAndMakesNothing() throws IOException {
    Ran ran = lab.run("doctor");

    assertThat(ran.exit()).isZero();
    assertThat(masked(ran))
        .isEqualTo(
            """
            ok    java       17.0.15, /usr/lib/jvm/java-17
            ok    platform   Linux amd64, N processors, heap of up to SIZE
            ok    native     RocksDB's library loads
            ok    settings   all as by default
            ok    executors  local
            ok    home       %s, SIZE free, not there yet: the first run makes it
            ok    store      %s/store, SIZE free, not there yet: the first run makes it
            ok    index      none yet
            """
                .formatted(home, home));
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void doctor_homeInUse_showsIndexHolderAndClock() throws Exception {
    try (CacheHome made = new CacheHome(home, "default/default")) {
      made.put("clean", "", 1, lab.now);

      Ran ran = lab.run("doctor");

      assertThat(ran.exit()).isZero();
      assertThat(masked(ran))
          .contains(
              "ok    index      1 entry, SIZE, format 1\n",
              "warn  lock       the index is held by pid " + ProcessHandle.current().pid(),
              "                 other runs wait for it, up to --lock-timeout\n",
              "ok    clock      files are written TIME off the clock\n");
    }
    assertThat(lab.run("doctor").out()).doesNotContain("warn  lock");
  }

  @Test
  @Shows("Fault 51")
  void doctor_clocksDiffer_warns() throws IOException {
    Files.createDirectories(home);
    lab.now = Instant.now().plus(Duration.ofMinutes(5));

    assertThat(lab.run("doctor").out())
        .containsPattern("warn  clock      files are written [45]m\\d\\ds off the clock\n");
  }

  @Test
  void doctor_fileInTheWay_failsWithTheWayOut() throws IOException {
    Files.writeString(home, "");

    Ran ran = lab.run("doctor");

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.out())
        .contains(
            """
            fail  home       %s cannot be a folder: %s is a file
                             move it away, or name another folder with --home
            """
                .formatted(home, home));
  }

  @Test
  void doctor_readOnlyFileSystem_fails() {
    Ran ran = lab.run("doctor", "--home", "/proc/reprise");

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.out())
        .contains(
            "fail  home       /proc cannot be written: ", "name another folder with --home\n");
  }

  @Test
  void doctor_indexOfANewerFormat_fails() throws Exception {
    new CacheHome(home, "default/default").close();
    Files.writeString(home.resolve("index/reprise-index"), "9\n");

    Ran ran = lab.run("doctor");

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.out()).contains("fail  index      ").contains("has format '9'");
  }

  @Test
  void doctor_damagedIndexWasMovedAside_warns() throws Exception {
    new CacheHome(home, "default/default").close();
    Files.delete(home.resolve("index/CURRENT"));
    new CacheHome(home, "default/default").close();

    assertThat(lab.run("doctor").out())
        .contains("warn  aside      an earlier index lies in " + home.resolve("index.corrupt-"));
  }

  @Test
  void doctor_executorNotHere_failsWithTheNearest() {
    Ran ran = lab.run("doctor", "--conf", "executor=locl");

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.out())
        .contains(
            """
            ok    settings   executor (--conf executor)
            fail  executors  local, and not 'locl', which is set
                             put its plugin on the class path, or set another with --executor; did you mean 'local'?
            """);
  }

  @Test
  void doctor_badSetting_failsAndStillTellsTheRest() {
    lab.environment.put("REPRISE_LOCK_TIMEOUT", "soon");

    Ran ran = lab.run("doctor");

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.out())
        .contains("ok    java ")
        .contains(
            """
            fail  settings   REPRISE_LOCK_TIMEOUT: 'lock-timeout' cannot be 'soon', wanted a duration, such as 90s, 15m, 2h, 7d or PT1H30M
                             correct it; what depends on settings was not checked
            """);
  }

  @Test
  void doctor_unknownSetting_fails() {
    lab.properties.put("reprise.hoem", "x");

    assertThat(lab.run("doctor").out())
        .contains(
            "fail  settings   -Dreprise.hoem: there is no setting 'hoem'; did you mean 'home'?");
  }

  @Test
  void doctor_asJson_hasStateAndChecks() throws IOException {
    JsonNode json = new ObjectMapper().readTree(lab.run("doctor", "--output", "json").out());

    assertThat(json.get("schema").asInt()).isEqualTo(1);
    assertThat(json.get("state").asText()).isEqualTo("ok");
    assertThat(json.get("checks").findValuesAsText("name"))
        .containsExactly(
            "java", "platform", "native", "settings", "executors", "home", "store", "index");
  }

  @Test
  void showConfig_all_hasValueSourceAndMeaning() throws IOException {
    Files.writeString(folder.resolve("reprise.conf"), "lock-timeout = 10s\n");
    lab.environment.put("REPRISE_EXECUTOR", "spark");

    Ran ran = lab.run("doctor", "--show-config", "--home", "state");

    assertThat(ran.exit()).isZero();
    assertThat(ran.out().lines().map(line -> line.replaceAll(" {2,}", "|")))
        .startsWith(
            "SETTING|VALUE|FROM|WHAT IT IS",
            "home|%s|--home|folder of the driver's state: index/, runs/ and store/"
                .formatted(folder.resolve("state")),
            "store|%s|default|folder of the results, if not store/ in the home"
                .formatted(folder.resolve("state/store")),
            "stores||default|stores that are asked, in this order, for results that the first does not have: folders, or class:NAME of one of yours; never written",
            "executor|spark|REPRISE_EXECUTOR|executor of the steps that name none; ray=local runs those of Ray here, too",
            "cache|on|default|whether results are reused and kept",
            "lock-timeout|10s|%s:1|how long to wait for an index that another has open"
                .formatted(folder.resolve("reprise.conf")))
        .contains("timeout|none|default|time after which a run is ended, if there is one");
  }
}
