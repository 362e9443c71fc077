package dev.reprise.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.docs.Desk.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Copies the project out of scheduler/docs/your-own-project.md, and does what is said there. */
@DisabledOnOs(OS.WINDOWS)
@Timeout(value = 5, unit = TimeUnit.MINUTES) // many JVMs, and Maven: 30 s, more on a busy machine
class OwnProjectTest {
  @TempDir Path folder;
  private Page page;
  private Desk desk;

  @BeforeEach
  void copyTheFiles() throws IOException {
    page = Page.at("scheduler/docs/your-own-project.md");
    desk = new Desk(Files.createDirectory(folder.toRealPath().resolve("my projects")));
    Map<String, String> files = page.files();
    assertThat(files.keySet())
        .containsExactly(
            "pom.xml",
            "src/main/java/com/acme/Words.java",
            "src/test/java/com/acme/WordsTest.java");
    for (var file : files.entrySet()) {
      desk.write(file.getKey(), file.getValue());
    }
  }

  @Test
  void project_withoutMaven_runsOutOfFolderAndJar() throws Exception {
    List<String> commands = page.under("## Without").commands();
    assertThat(commands).hasSize(6);
    String run = commands.get(3);
    assertThat(run).startsWith("java ").endsWith(" com.acme.Words run");
    desk.type(commands.get(0));
    assertThat(desk.type(commands.get(1)).out()).isEmpty();
    assertThat(desk.type(commands.get(2)).out()).isEmpty();

    assertThat(desk.type(run).lastLine()).startsWith("0 cached · 2 ran · 0 failed");

    List<String> more = page.quotedAfter("without the name of the pipeline:");
    assertThat(more).startsWith("run", "plan", "why count:a.txt", "result report");
    for (String command : more) {
      Ran ran = desk.type(run.replaceAll("run$", command));
      switch (command) {
        case "run", "plan" -> assertThat(ran.lastLine()).startsWith("2 cached · 0 ");
        case "why count:a.txt" -> assertThat(ran.out()).contains("CACHED: made by run ");
        case "result report" ->
            assertThat(ran.out()).isEqualTo("{compute=1, never=1, same=1, thing=1, twice=1}");
        default -> assertThat(ran.out()).isNotEmpty();
      }
    }

    desk.type(commands.get(4));
    Ran ofJar = desk.type(commands.get(5));
    assertThat(ofJar.out()).contains("ARG_CHANGED(min-length)");
    assertThat(ofJar.lastLine()).startsWith("0 cached · 2 ran · 0 failed");
  }

  @Test
  void project_withMaven_isBuiltAndTested() throws Exception {
    List<String> commands = page.under("## With Maven").commands();
    assertThat(commands).containsExactly("mvn install", "mvn package");
    try (LocalRepository repository =
        LocalRepository.in(folder.toRealPath().resolve("repository"))) {
      String maven = System.getProperty("maven.home");
      boolean offline = System.getProperty("maven.network", "").endsWith("true");
      // Of the real repository it matters what is there, not where that once came from.
      desk.install(
          "mvn",
          "exec %s -B -ntp %s -Dmaven.legacyLocalRepo=true -Dmaven.repo.local='%s' \"$@\""
              .formatted(
                  maven == null ? "mvn" : maven + "/bin/mvn",
                  offline ? "-o" : "",
                  repository.folder()));

      Ran built = desk.type(commands.get(1));

      assertThat(built.out())
          .contains("Running com.acme.WordsTest")
          .contains("Tests run: 1, Failures: 0, Errors: 0, Skipped: 0");
      assertThat(desk.path("target/words-1.0.jar")).exists();
    }
  }
}
