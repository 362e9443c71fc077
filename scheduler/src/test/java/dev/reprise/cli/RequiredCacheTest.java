package dev.reprise.cli;

import static dev.reprise.task.Tasks.local;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cli.CliLab.Ran;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** INTERFACES, Exit codes 5 and 6: what {@code --cache=require} does not go on without. */
class RequiredCacheTest {
  @TempDir Path folder;

  /** Too large to lie in the index. */
  static String lines() {
    return "a line\n".repeat(20_000);
  }

  /** FAULTS 21: a plan tells of the disk what the run would find. */
  @Test
  void plan_requiredCacheIsOnAFullDisk_saysHowARunWouldEnd() {
    CliLab lab = new CliLab(folder);
    lab.with("big", p -> p.step("lines", local(RequiredCacheTest::lines)));
    lab.environment.put("REPRISE_STORE_FREE_SPACE_FLOOR", "1000000g");

    Ran before = lab.run("plan", "big", "--cache=require");
    Ran run = lab.run("run", "big", "--cache=require");
    Ran after = lab.run("plan", "big", "--cache=require");

    assertThat(List.of(before.exit(), run.exit(), after.exit())).containsOnly(5);
    String error = "error: the cache is required, and nothing is kept: the disk of ";
    assertThat(List.of(before, run, after)).allMatch(each -> each.err().contains(error));
    assertThat(before.out()).contains("SKIP       lines").contains("0 to run");
    assertThat(lab.run("plan", "big").exit()).isZero();
  }

  @Test
  void plan_requiredCacheLacksABlob_saysHowARunWouldEnd() throws Exception {
    CliLab lab = new CliLab(folder);
    lab.with("big", p -> p.step("lines", local(RequiredCacheTest::lines)));
    lab.run("run", "big");
    try (var blobs = Files.walk(folder.resolve(".reprise/store/blobs"))) {
      for (Path blob : blobs.filter(Files::isRegularFile).toList()) {
        Files.delete(blob);
      }
    }

    Ran plan = lab.run("plan", "big", "--cache=require");

    assertThat(plan.exit()).isEqualTo(6);
    assertThat(plan.out())
        .contains("SKIP       lines   1 unit        RUN_STOPPED(the cached result of 'lines'")
        .contains("0 cached · 0 to run · 0 unknown · 1 skipped")
        .doesNotContain("NOT_SELECTED");
    assertThat(plan.err()).startsWith("error: the cached result of 'lines' cannot be trusted: ");
    assertThat(lab.run("plan", "big", "--cache=require", "--output", "json").out())
        .contains("\"exit_code\" : 6");
    assertThat(lab.run("plan", "big").exit()).isZero();
    assertThat(lab.run("run", "big", "--cache=require").exit()).isEqualTo(6);
  }
}
