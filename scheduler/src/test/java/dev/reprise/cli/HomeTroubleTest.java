package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Driver;
import dev.reprise.cache.testing.Shows;
import dev.reprise.cli.CliLab.Ran;
import dev.reprise.home.HomeOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Homes and stores that cannot be used as wanted: runs go on without, and say so. */
class HomeTroubleTest {
  @TempDir Path folder;
  private CliLab lab;

  @BeforeEach
  void offerSquares() {
    lab = new CliLab(folder).with("squares", Squares::define);
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "plan"})
  void command_storeOfAnotherVersion_isSaidOfTheStore(String command) throws Exception {
    Path store = folder.resolve(".reprise/store");
    lab.run("run", "squares");
    Files.writeString(store.resolve("reprise-store"), "7\n");

    Ran ran = lab.run(command, "squares");

    assertThat(ran.exit()).isZero();
    assertThat(ran.err())
        .contains("keep")
        .contains("nothing: the result store " + store + " has layout version '7'")
        .contains("name another store with --store")
        .doesNotContain("--home", "Exception");
    assertThat(lab.run("doctor").out())
        .containsPattern("fail  store +the result store .* has layout version '7'")
        .containsPattern("warn  index +not looked into");
  }

  @Test
  void run_fileInTheWayOfStoreOrRuns_namesThatFile() throws Exception {
    Path home = Files.createDirectory(folder.resolve(".reprise"));
    Path store = Files.writeString(home.resolve("store"), "in the way");

    assertThat(lab.run("run", "squares").err())
        .isEqualTo(
            "warning: the run keeps nothing and reuses nothing: the result store %s is a file; move it away, or name another folder with --store\n"
                .formatted(store));
    assertThat(lab.run("runs", "ls").out()).as("its journal is in the home").contains("squares");
    assertThat(lab.run("run", "squares", "--cache", "require").exit()).isEqualTo(5);

    Files.delete(store);
    Files.walk(home.resolve("runs"))
        .sorted(Comparator.reverseOrder())
        .forEach(path -> path.toFile().delete());
    Path runs = Files.writeString(home.resolve("runs"), "in the way");
    assertThat(lab.run("run", "squares").err())
        .contains("home %s cannot be written (%s is a file, move it away)".formatted(home, runs));
  }

  @Test
  void run_lessFreeThanTheFloor_keepsNothingAndSaysSoOnce() {
    Ran ran = lab.run("run", "squares", "--conf", "store-free-space-floor=900TiB");

    assertThat(ran.exit()).isZero();
    assertThat(ran.err())
        .containsOnlyOnce("warning: ")
        .startsWith("warning: nothing is kept: the disk of " + folder)
        .contains("less than the 943718400 MiB of store-free-space-floor; free some space, or");
    assertThat(lab.run("run", "squares").lastLine()).startsWith("0 cached · 8 ran · 0 failed");
    assertThat(lab.run("run", "squares", "--conf", "store-free-space-floor=900TiB").lastLine())
        .startsWith("8 cached · 0 ran · 0 failed");
  }

  @Test
  void import_fileInTheWayOfHome_saysWhatCannotBeOpened() throws Exception {
    lab.run("run", "squares");
    String file = folder.resolve("x.zip").toString();
    assertThat(lab.run("cache", "export", "--step", "square", "--to", file).exit()).isZero();
    Path way = Files.writeString(folder.resolve("way"), "mine");
    Ran ran = lab.run("cache", "import", file, "--home", way.resolve("home").toString());
    assertThat(ran.exit()).isEqualTo(5);
    assertThat(ran.err())
        .containsPattern(
            "the home \\S+/way/home or its store \\S+ cannot be opened: \\S+Exception: ");
    assertThat(way).hasContent("mine");
  }

  @Test
  void run_fileInTheWayOfHome_goesOnWithoutCacheAndSaysSo() throws Exception {
    Files.writeString(folder.resolve("home"), "in the way");

    Ran ran = lab.run("run", "squares", "--home", "home");

    assertThat(ran.exit()).isZero();
    assertThat(ran.err())
        .isEqualTo(
            "warning: home %s cannot be written (it is a file): the run keeps nothing and reuses nothing; use --home to name another\n"
                .formatted(folder.resolve("home")));
    assertThat(ran.lastLine()).startsWith("0 cached · 8 ran · 0 failed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"on", "read"})
  @Shows("Fault 23")
  void run_homeThatCannotBeWritten_reusesWhatItHoldsAndSaysSo(String cache) throws Exception {
    lab.run("run", "squares"); // FAULTS row 23
    Path home = folder.resolve(".reprise");
    Files.move(home.resolve("runs"), folder.resolve("away"));
    Files.writeString(home.resolve("runs"), "in the way");

    Ran ran = lab.run("run", "squares", "--cache", cache);

    assertThat(ran.exit()).isZero();
    assertThat(ran.lastLine()).startsWith("8 cached · 0 ran · 0 failed");
    assertThat(ran.err())
        .isEqualTo(
            "warning: home %s cannot be written (%s is a file, move it away): the run has no journal and keeps nothing, and reuses what the home holds; use --home to name another\n"
                .formatted(home, home.resolve("runs")));
    Ran required = lab.run("run", "squares", "--cache", "require");
    assertThat(required.exit()).isEqualTo(5);
    assertThat(required.err()).contains("the cache is required, and home");
  }

  @Test
  @Shows("Fault 33")
  void run_homeHeldByAnother_waitsShowsOwnerAndExitsWithSeven() throws Exception {
    Path home = folder.resolve(".reprise");
    try (Driver other = Driver.open(HomeOptions.at(home), "reprise run other")) {
      assertThat(other.warnings()).isEmpty();

      Ran ran = lab.run("run", "squares", "--lock-timeout", "1s");

      assertThat(ran.exit()).isEqualTo(7);
      String holder = "held by pid " + ProcessHandle.current().pid() + " on host ";
      assertThat(ran.err())
          .startsWith("waiting: index " + holder)
          .contains("error: the index " + home.resolve("index") + " is " + holder)
          .containsPattern(" since \\d{4}-\\d\\d-\\d\\dT[0-9:]{8}Z \\(reprise run other\\)")
          .endsWith(
              "wait for it to end, raise --lock-timeout, or run with --cache=read or another"
                  + " --home\n");
      assertThat(lab.run("plan", "squares").exit()).isZero();
      assertThat(lab.run("runs", "ls").exit()).isZero();
      assertThat(lab.run("run", "squares", "--cache=read").exit()).isZero();
    }
  }
}
