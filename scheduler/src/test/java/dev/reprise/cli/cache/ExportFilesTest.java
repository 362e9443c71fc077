package dev.reprise.cli.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cli.base.CommandContext;
import dev.reprise.config.Flags;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What exports and imports write, to files and to the terminal. */
class ExportFilesTest {
  @TempDir Path folder;

  @Test
  void warn_textOfAFileThatSomebodyWrote_isShownEscaped() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    CommandContext context =
        new CommandContext(
            new ByteArrayInputStream(new byte[0]),
            new PrintStream(new ByteArrayOutputStream(), true, UTF_8),
            new PrintStream(err, true, UTF_8),
            Map.of(),
            Map.of(),
            folder,
            InstantSource.system(),
            false,
            new Flags(),
            "");

    ExportCommand.warn(List.of("entry of '\u001b[2Jall is well\r'"), context);

    assertThat(err.toString(UTF_8))
        .startsWith("warning: entry of '")
        .contains("[2Jall is well")
        .doesNotContain("\u001b", "\r'");
  }

  @Test
  void file_twoAreWrittenAtOnce_theLastToFinishIsThere() throws IOException {
    Path target = folder.resolve("x.zip");
    try (NewFile first = new NewFile("--to", target);
        NewFile second = new NewFile("--to", target)) {
      first.stream().write('1');
      second.stream().write('2');
      first.finish();
      assertThat(target).hasContent("1");
      second.finish();
    }
    assertThat(target).hasContent("2");
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(target);
    }
  }
}
