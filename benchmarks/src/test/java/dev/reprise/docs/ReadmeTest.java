package dev.reprise.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The pipeline in the README is Java, and does what is said under it. */
@DisabledOnOs(OS.WINDOWS)
@Timeout(value = 5, unit = TimeUnit.MINUTES) // many JVMs: 10 s, more on a busy machine
class ReadmeTest {
  @TempDir Path folder;

  /** What the README leaves out: imports, a type, and two bodies. */
  private static String complete(String pipeline) {
    return """
        import static dev.reprise.task.Tasks.task;

        import dev.reprise.Reprise;
        import dev.reprise.api.Pipeline;
        import java.io.IOException;
        import java.nio.file.Files;
        import java.nio.file.Path;
        import java.util.List;

        record Stats(long late) {}

        """
        + pipeline
            .replaceFirst(
                "\\{ \\.\\.\\. }",
                "{ try (var lines = Files.lines(month)) { return new Stats(lines.filter(line ->"
                    + " Integer.parseInt(line) > lateMinutes).count()); } }")
            .replaceFirst(
                "\\{ \\.\\.\\. }",
                "{ return new Stats(months.stream().mapToLong(Stats::late).sum()); }");
  }

  @Test
  void pipeline_ofTheReadme_compilesAndReusesWhatItSays() throws Exception {
    List<String> snippets = Page.at("README.md").snippets("java");
    assertThat(snippets).hasSize(1);
    Desk desk = new Desk(folder.toRealPath());
    desk.write("Delays.java", complete(snippets.get(0)));
    desk.write("data/month=1/a.csv", "3\n16\n31\n");
    desk.write("data/month=2/a.csv", "20\n");
    desk.type(
        "javac -Xlint:all -Werror -parameters -d classes -cp \"$(reprise classpath)\" Delays.java");
    desk.type("reprise classpath --jvm-options > jvm.options");
    String delays = "java @jvm.options -cp \"$(reprise classpath):classes\" Delays ";

    assertThat(desk.type(delays + "run").lastLine()).startsWith("0 cached · 3 ran · 0 failed");
    assertThat(desk.type(delays + "run").lastLine()).startsWith("3 cached · 0 ran · 0 failed");
    assertThat(desk.type(delays + "result total").out()).contains("3");

    desk.write("data/month=3/a.csv", "60\n");
    assertThat(desk.type(delays + "run").lastLine()).startsWith("2 cached · 2 ran · 0 failed");
    assertThat(desk.type(delays + "run --param late-minutes=30").lastLine())
        .startsWith("0 cached · 4 ran · 0 failed");
    assertThat(desk.type(delays + "result total").out()).contains("2");
  }
}
