package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cli.CliLab.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A user's own main names the commands that this user can type: those of that main, and not those
 * of a launcher that may not be there.
 */
class OwnMainTest {
  private static final String PROGRAM = "java my.Pages";

  @TempDir Path folder;
  private CliLab lab;

  @BeforeEach
  void runOnce() {
    lab = new CliLab(folder);
    assertThat(own("run").exit()).isZero();
  }

  private Ran own(String... args) {
    return lab.runOwn(PROGRAM, Pages::define, args);
  }

  private static void names(String said, String command) {
    assertThat(said).contains("'" + PROGRAM + " " + command).doesNotContain("reprise " + command);
  }

  @Test
  void run_indexDamaged_namesRebuild() throws IOException {
    Files.writeString(index("CURRENT"), "garbage\n");

    names(own("run").err(), "cache rebuild'");
    names(own("doctor").out(), "cache rebuild'");
  }

  @Test
  void rebuild_indexDamaged_namesRebuild() throws IOException {
    Files.writeString(index("CURRENT"), "garbage\n");

    names(own("cache", "rebuild").err(), "cache rebuild'");
  }

  @Test
  void commands_blobsGone_nameVerifyRepairAndTheRunThatMadeThem() throws IOException {
    for (Path blob : below(folder.resolve(".reprise/store/blobs"))) {
      Files.delete(blob);
    }

    Ran required = own("run", "--cache=require");
    names(required.err(), "cache verify'");
    names(own("runs", "show").out(), "cache verify'");
    names(own("cache", "verify").out(), "cache verify --repair'");
    own("cache", "clear", "--yes");
    assertThat(own("result", "total", "--run", "latest").exit()).isNotZero();
  }

  @ParameterizedTest
  @CsvSource({
    "cache evict,           cache clear'",
    "cache show ffff,       cache ls --limit 0'",
    "doctor --conf colour=1, doctor --show-config'",
    "frobnicate,            --help'"
  })
  void commands_badInput_nameTheNextCommand(String line, String next) {
    Ran ran = own(line.split(" "));

    names(ran.err() + ran.out(), next);
  }

  @ParameterizedTest
  @CsvSource({
    "run,       run --param late-minutes=30",
    "plan,      plan --param late-minutes=45",
    "cache ls,  cache ls --step delays",
    "runs show, runs show 7f3a"
  })
  void help_examples_canBeTyped(String command, String example) {
    Ran help = own((command + " --help").split(" "));

    assertThat(help.out()).contains("  " + PROGRAM + " " + example).doesNotContain("  reprise ");
  }

  private Path index(String name) throws IOException {
    return folder.resolve(".reprise/index").resolve(name);
  }

  private static Iterable<Path> below(Path top) throws IOException {
    try (Stream<Path> all = Files.walk(top)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }
}
