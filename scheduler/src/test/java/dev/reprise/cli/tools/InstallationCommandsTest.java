package dev.reprise.cli.tools;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reprise.cli.testing.CommandLab;
import dev.reprise.cli.testing.CommandLab.Ran;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code version}, {@code classpath}, {@code completion}. */
class InstallationCommandsTest {
  @TempDir Path folder;
  private CommandLab lab;

  @BeforeEach
  void prepare() {
    lab = new CommandLab(folder);
    lab.properties.put("java.version", "17.0.15");
    lab.properties.put("java.vendor", "Debian");
    lab.properties.put("java.home", "/usr/lib/jvm/java-17");
    lab.properties.put("os.name", "Linux");
    lab.properties.put("os.version", "6.1.0");
    lab.properties.put("os.arch", "amd64");
  }

  @Test
  void version_ofClassFolders_isCalledDevelopment() {
    Ran ran = lab.run("version");

    assertThat(ran.exit()).isZero();
    assertThat(ran.out())
        .isEqualTo(
            """
            reprise  development
            java     17.0.15 Debian /usr/lib/jvm/java-17
            os       Linux 6.1.0 amd64
            arrow    19.0.0
            rocksdb  9.8.4
            """);
    assertThat(ran.err()).isEmpty();
  }

  @Test
  void version_asJson_isOneObjectOfTheContract() throws IOException {
    JsonNode json = new ObjectMapper().readTree(lab.run("version", "--output", "json").out());

    assertThat(json.get("schema").asInt()).isEqualTo(1);
    assertThat(json.get("rocksdb").asText()).isEqualTo("9.8.4");
  }

  @Test
  void output_unknownForm_isRefused() {
    Ran ran = lab.run("version", "--output", "jsn");

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).isEqualTo("--output cannot be 'jsn', wanted one of text, json\n");
  }

  private void classPathOf(String... jars) throws IOException {
    StringBuilder path = new StringBuilder();
    for (String jar : jars) {
      Files.write(folder.resolve(jar), new byte[0]);
      path.append(jar).append(File.pathSeparator);
    }
    lab.properties.put("java.class.path", path + "gone.jar");
  }

  private String absolute(String... jars) {
    StringBuilder path = new StringBuilder();
    for (String jar : jars) {
      path.append(path.isEmpty() ? "" : File.pathSeparator).append(folder.resolve(jar));
    }
    return path + "\n";
  }

  @Test
  void classpath_ofTheLauncher_isAbsoluteAndWithoutBenchmarks() throws IOException {
    classPathOf(
        "reprise-benchmarks-1.jar",
        "reprise-scheduler-1.jar",
        "reprise-plugins-ray-1.jar",
        "jmh-core-1.37.jar",
        "jopt-simple-5.jar",
        "commons-math3-3.jar",
        "arrow-vector-19.jar");

    assertThat(lab.run("classpath").out())
        .isEqualTo(
            absolute(
                "reprise-scheduler-1.jar", "reprise-plugins-ray-1.jar", "arrow-vector-19.jar"));
    assertThat(lab.run("classpath", "core").out())
        .isEqualTo(absolute("reprise-scheduler-1.jar", "arrow-vector-19.jar"));
  }

  @Test
  void classpath_unknownPart_isRefused() {
    Ran ran = lab.run("classpath", "cor");

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).isEqualTo("PART cannot be 'cor', wanted one of all, core\n");
  }

  @Test
  void classpath_jvmOptions_areOnePerLineAndOpenWhatArrowNeeds() {
    assertThat(lab.run("classpath", "--jvm-options").out().lines())
        .contains("--add-opens=java.base/java.nio=ALL-UNNAMED")
        .contains("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn")
        .allMatch(line -> line.startsWith("-"))
        .noneMatch(line -> line.startsWith("-X") || line.contains("-Dreprise.stress"));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "-Dfile.encoding=UTF-8, -Dfile.encoding=UTF-8",
        "-Djava.library.path=/my clone/native, `\"-Djava.library.path=/my clone/native\"`",
        "-Darrow.x=C:\\a\\b, `\"-Darrow.x=C:\\\\a\\\\b\"`",
        "-Da=x#y, `\"-Da=x#y\"`"
      })
  void classpath_jvmOptions_areReadByJavaAsOneWordEach(String option, String line)
      throws Exception {
    assertThat(ClasspathCommand.inFile(option)).isEqualTo(line);
    Path file = Files.writeString(folder.resolve("jvm.options"), line + "\n");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process =
        new ProcessBuilder(java, "@" + file, "-XshowSettings:properties", "-version")
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    String name = option.substring(2, option.indexOf('='));
    String value = option.substring(option.indexOf('=') + 1);
    assertThat(said).containsPattern(Pattern.quote(name) + " = " + Pattern.quote(value) + " *\\n");
  }

  @Test
  void completion_forBash_knowsTheCommands() {
    Ran ran = lab.run("completion", "bash");

    assertThat(ran.exit()).isZero();
    assertThat(ran.out())
        .contains(
            "complete -F _complete_reprise",
            "classpath completion version",
            "SHELL_pos_param_args=(\"bash\" \"zsh\")");
  }

  @Test
  void completion_unknownShell_isRefused() {
    Ran ran = lab.run("completion", "fish");

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).isEqualTo("SHELL cannot be 'fish', wanted one of bash, zsh\n");
  }

  @Test
  void help_ofACommand_hasSynopsisExampleAndExitCodes() {
    assertThat(lab.run("completion", "--help").out())
        .isEqualTo(
            """
            Usage: reprise completion [-h] SHELL
            Prints a script that lets the shell complete commands and options.
                  SHELL    bash or zsh
              -h, --help   show this help

            Exit codes:
              0   success
              2   bad usage

            Example, for ~/.bashrc or ~/.zshrc:
              source <(reprise completion bash)
            """);
  }
}
