package dev.reprise.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A reader's folder, and a shell in it that finds {@code reprise} and the JDK of this test. */
final class Desk {
  private final Path folder;
  private final Path tools;

  /**
   * @param folder an empty folder
   */
  Desk(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder.resolve("project"));
    this.tools = Files.createDirectories(folder.resolve("tools"));
    // As ./reprise starts it, but for what makes it fast. What it prints of the class path does not
    // change, and is asked for twice with every command.
    install(
        "reprise",
        """
        reprise() {
          exec java --add-opens=java.base/java.nio=ALL-UNNAMED -Dfile.encoding=UTF-8 \\
            -XX:TieredStopAtLevel=1 -cp '%s' dev.reprise.cli.Main "$@"
        }
        case $1 in
          classpath)
            known="$0-$*"
            [ -e "$known" ] || (reprise "$@") > "$known" && cat "$known"
            ;;
          *) reprise "$@" ;;
        esac
        """
            .formatted(
                Path.of("target/classes").toAbsolutePath()
                    + File.pathSeparator
                    + Files.readString(Path.of("target/launcher/dependencies"))));
  }

  /** How a command ended, and what it printed to both streams. */
  record Ran(int exit, String out) {
    String lastLine() {
      return out.lines().reduce("", (before, line) -> line);
    }
  }

  Path path(String file) {
    return folder.resolve(file);
  }

  void write(String file, String text) throws IOException {
    Path path = path(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  /** Puts a shell script on the path. */
  void install(String tool, String script) throws IOException {
    Path path = Files.writeString(tools.resolve(tool), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Types a command, which must succeed. */
  Ran type(String command) throws IOException, InterruptedException {
    Path out = Files.createTempFile(tools, "out", "");
    ProcessBuilder shell = new ProcessBuilder("bash", "-c", command).directory(folder.toFile());
    String java = System.getProperty("java.home");
    shell.environment().put("JAVA_HOME", java);
    shell.environment().merge("PATH", tools + ":" + java + "/bin:", (old, ours) -> ours + old);
    Process process = shell.redirectErrorStream(true).redirectOutput(out.toFile()).start();
    try {
      Ran ran = new Ran(process.waitFor(), Files.readString(out));
      assertThat(ran.exit()).as("%s%n%s", command, ran.out()).isZero();
      return ran;
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
