package dev.reprise.cli;

import static dev.reprise.task.Tasks.local;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Pipeline;
import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cli.CliLab.Ran;
import dev.reprise.cli.result.KeptResults;
import dev.reprise.executor.ResultFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A run whose home, store or scope are not those that later commands find set: what is told of it
 * is of that run, and the commands that are named find it.
 */
class OtherPlacesTest {
  private static final String BIG = "a line\n".repeat(20_000);

  @TempDir Path folder;
  private CliLab lab;

  @BeforeEach
  void offerBig() {
    lab = new CliLab(folder).with("big", OtherPlacesTest::define).with("squares", Squares::define);
  }

  static void define(Pipeline.Builder p) {
    p.result("big", p.step("lines", local(OtherPlacesTest::lines)));
  }

  static String lines() {
    return BIG;
  }

  @Test
  void why_runOfAnotherEnvironment_tellsFromWhere() {
    lab.run("run", "big", "--conf", "environment=prod");
    lab.run("run", "big", "--conf", "environment=prod");

    assertThat(lab.run("why", "lines").screen()).contains("CACHED: made by run RUN, WHEN, on ");
    assertThat(lab.run("why", "lines", "--output", "json").out()).contains("\"origin\" : {");
  }

  @Test
  void why_indexCannotBeRead_saysThatAndNotThatTheEntryIsGone() throws Exception {
    lab.run("run", "big");
    lab.run("run", "big");
    Files.writeString(folder.resolve(".reprise/index/CURRENT"), "nonsense");

    assertThat(lab.run("why", "lines").out())
        .contains("; what else the index knows of it cannot be read: ")
        .doesNotContain("any more");
  }

  @Test
  void result_runWithAStoreOfItsOwn_isFoundThere() {
    lab.run("run", "big", "--store", "elsewhere");

    assertThat(lab.run("result", "big").out()).isEqualTo(BIG);
    assertThat(lab.run("result", "big", "--conf", "store=nowhere").exit()).isEqualTo(6);
  }

  /** As a program finds it that reads kept results without this command line. */
  @Test
  void find_runWithAStoreAndEnvironmentOfItsOwn_isFoundThere() throws Exception {
    lab.run("run", "big", "--store", "elsewhere", "--conf", "environment=prod");
    Map<String, String> home = Map.of("home", folder.resolve(".reprise").toString());

    ResultFinder.Found found = new KeptResults().find(home, "latest", "big");

    assertThat(found.store().toRealPath()).isEqualTo(folder.resolve("elsewhere").toRealPath());
    assertThat(found.partitions()).hasSize(1);
    assertThat(
            FileResultStore.open(found.store(), FileResultStore.Settings.STANDARD)
                .read(found.partitions().get(0).location())
                .open()
                .readAllBytes())
        .hasSizeGreaterThanOrEqualTo(BIG.length());
  }

  @Test
  void result_storeWasMoved_isFoundWhereTheSettingsSay() throws Exception {
    lab.run("run", "big", "--store", "elsewhere");
    Files.move(folder.resolve("elsewhere"), folder.resolve("moved"));
    Files.writeString(folder.resolve("reprise.conf"), "store = moved");

    assertThat(lab.run("result", "big").out()).isEqualTo(BIG);
  }

  @Test
  void next_runInAHomeOfItsOwn_namesACommandThatFindsIt() throws Exception {
    Files.writeString(folder.resolve("team's.conf"), "keep-going = true");

    Ran ran =
        lab.run("run", "squares", "-p", "bad=3", "--home", "my home", "--config", "team's.conf");

    assertThat(ran.err())
        .containsPattern(
            "next: reprise runs logs [0-9a-f]{4} square:3 --config 'team'\\\\''s.conf' --home 'my home'\n");
    assertThat(lab.run("runs", "logs", "latest", "square:3", "--home", "my home").out())
        .startsWith("about to fail\n");
    assertThat(lab.run("why", "square", "--home", "my home", "--conf", "environment=a").out())
        .endsWith(" --home 'my home' --conf environment=a\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "runs ls",
        "runs show latest",
        "runs logs latest",
        "why square",
        "result squares",
        "cache ls",
        "cache show 12",
        "cache stats",
        "cache verify",
        "cache rebuild",
        "cache clear --yes",
        "cache evict --step square"
      })
  void look_homeIsNoHome_saysWhatItIsInsteadOfNothingYet(String command) throws Exception {
    Path file = Files.writeString(folder.resolve("notes.txt"), "");
    Path other = Files.createDirectories(folder.resolve("music/songs")).getParent();

    Ran ofFile = lab.run((command + " --home notes.txt").split(" "));
    Ran ofFolder = lab.run((command + " --home music").split(" "));

    assertThat(ofFile.err())
        .isEqualTo("error: " + file + " is no home but a file; name a folder with --home\n");
    assertThat(ofFolder.err())
        .isEqualTo(
            "error: %s is no home: it holds other things, and no index/, runs/ or store/; name another with --home\n"
                .formatted(other));
    assertThat(List.of(ofFile.exit(), ofFolder.exit())).containsOnly(2);
    assertThat(ofFile.out() + ofFolder.out()).isEmpty();
    assertThat(other.toFile().list()).containsExactly("songs");
  }

  @Test
  void look_homeIsEmptyOrNotThere_isNothingYetAndNoError() throws Exception {
    Files.createDirectory(folder.resolve("empty"));

    for (String home : List.of("empty", "nowhere")) {
      Ran ran = lab.run("runs", "ls", "--home", home);
      assertThat(ran.err()).isEqualTo("no runs yet\n");
      assertThat(ran.exit()).isZero();
      assertThat(lab.run("cache", "ls", "--home", home).exit()).isZero();
    }
  }

  /** A run goes on without a home that it cannot have, so its plan tells the same. */
  @Test
  void plan_homeIsAFile_warnsThatARunWouldKeepNothing() throws Exception {
    Path file = Files.writeString(folder.resolve("notes.txt"), "");

    Ran plan = lab.run("plan", "squares", "--home", "notes.txt");

    assertThat(plan.exit()).isZero();
    assertThat(plan.err())
        .isEqualTo(
            "warning: home %s is a file: a run would have no journal and keep nothing; use --home to name a folder\n"
                .formatted(file));
    assertThat(lab.run("run", "squares", "--home", "notes.txt").err())
        .startsWith("warning: home %s cannot be written (it is a file)".formatted(file));
  }

  @Test
  void doctor_homeIsAFolderOfSomethingElse_warns() throws Exception {
    Path other = Files.createDirectories(folder.resolve("music/songs")).getParent();

    assertThat(lab.run("doctor", "--home", "music").out())
        .containsPattern(
            "warn  home       \\Q%s\\E, .* free, holds other things and is no home yet\n"
                .formatted(other));
  }
}
