package dev.reprise.cli;

import static dev.reprise.task.Tasks.task;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.fingerprint.Secret;
import dev.reprise.cli.CliLab.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A password is on no screen and in no file of the home, FAULTS 7.6. */
class SecretsTest {
  private static final String CANARY = "hunter2-canary";

  @TempDir Path folder;

  private static int length(String password) {
    return password.length();
  }

  private static int revealed(Secret<String> password) {
    return password.reveal().length();
  }

  @Test
  void run_parameterThatLooksSecret_isWrittenNowhere() throws IOException {
    CliLab lab =
        new CliLab(folder)
            .with(
                "login",
                p ->
                    p.result(
                        "n",
                        p.step(
                            "login", task(SecretsTest::length), p.param("db-password", "none"))));
    for (String given : List.of("--param=db-password=" + CANARY, "db-password=" + CANARY + "2")) {
      String[] run =
          given.startsWith("--")
              ? new String[] {"run", "login", given}
              : new String[] {"run", "login", "-p", given};
      assertHidden(lab.run(run));
    }
    assertHidden(lab.run("plan", "login", "-p", "db-password=" + CANARY, "--output", "json"));
    assertTellsNothing(lab);
    assertThat(lab.run("runs", "show", "latest").out())
        .contains("login  db-password=•••")
        .contains("command    reprise run login -p db-password=•••");
  }

  @Test
  void run_secretParameter_isUsedAndWrittenNowhere() throws IOException {
    CliLab lab =
        new CliLab(folder)
            .with(
                "login",
                p ->
                    p.result(
                        "n",
                        p.step(
                            "login", task(SecretsTest::revealed), p.secret("db", "env:NOT_SET"))));
    Path file = Files.writeString(folder.resolve("key"), CANARY + "\n");
    String given = "db=file:" + file;

    assertHidden(lab.run("run", "login", "-p", given));
    assertThat(lab.run("result", "n").out()).isEqualTo(CANARY.length() + "\n");
    assertThat(lab.run("run", "login", "-p", given).out()).contains("1 cached");
    Files.writeString(file, CANARY + "2");
    assertHidden(lab.run("run", "login", "-p", given));
    assertThat(lab.run("result", "n").out()).isEqualTo(CANARY.length() + 1 + "\n");
    Files.delete(file);
    assertTellsNothing(lab);
    assertThat(lab.run("run", "login").err()).contains("env:NOT_SET, which is not set");
  }

  private void assertTellsNothing(CliLab lab) throws IOException {
    assertHidden(lab.run("runs", "show", "latest"));
    assertHidden(lab.run("runs", "show", "latest", "--output", "json"));
    assertHidden(lab.run("runs", "ls", "--output", "json"));
    assertHidden(lab.run("why", "login", "-v"));
    assertHidden(lab.run("why", "login", "--output", "json"));
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    assertThat(files).hasSizeGreaterThan(3);
    for (Path file : files) {
      assertThat(new String(Files.readAllBytes(file), ISO_8859_1))
          .as(file.toString())
          .doesNotContain(CANARY);
    }
  }

  private static void assertHidden(Ran ran) {
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out() + ran.err()).doesNotContain(CANARY);
  }
}
