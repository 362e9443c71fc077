package dev.reprise.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A source tree with the real launcher in it, beside a {@code mvn} that writes a class path instead
 * of building, and a {@code java} that prints its arguments instead of running.
 */
final class SourceTree {
  /** How a start of the launcher ended. */
  record Start(int exit, String out, String err) {}

  private final Path root;
  private final Path tools;
  private final Map<String, String> environment = new HashMap<>();

  /**
   * @param folder an empty folder
   */
  SourceTree(Path folder) throws IOException {
    // A blank in the path finds what is not quoted.
    root = Files.createDirectories(folder.resolve("source tree"));
    tools = Files.createDirectories(folder.resolve("tools"));
    Path launcher = Path.of("..", "reprise").toRealPath();
    Files.copy(launcher, root.resolve("reprise"));
    write("pom.xml", "");
    write("benchmarks/pom.xml", "");
    write(".mvn/jvm.config", "");
    write("scheduler/src/main/java/A.java", "");
    write("benchmarks/data/flights/month=2001-01/flights.parquet", "");
    age();
    for (String tool :
        List.of(
            "awk",
            "bash",
            "cat",
            "cp",
            "dirname",
            "env",
            "find",
            "flock",
            "grep",
            "ls",
            "mkdir",
            "mv",
            "readlink",
            "rm",
            "sed",
            "tail",
            "tee",
            "uname",
            "sleep")) {
      borrow(tool);
    }
    install(
        "java",
        """
        case "$*" in
          *-version*) echo "    java.specification.version = ${STUB_JAVA:-17}" >&2 ;;
          *) printf '%s\\n' "$@" ;;
        esac
        """);
    install("javac", "");
    install("jar", "exit 1");
    install("uname", "case $1 in -s) echo Linux ;; *) echo x86_64 ;; esac");
    install(
        "mvn",
        """
        echo "$*" >> "$STUB_LOG"
        sleep "${STUB_SECONDS:-0}"
        echo '[INFO] Building Reprise: scheduler 0.1.0-SNAPSHOT                [4/7]'
        if [ -n "${STUB_FAILS:-}" ]; then
          echo '[ERROR] A.java:[1,1] what is this'
          echo '[ERROR] Failed to execute goal'
          echo '[ERROR] Re-run Maven with -X'
          exit 1
        fi
        mkdir -p benchmarks/target/launcher
        : > benchmarks/target/reprise-benchmarks-1.jar
        path=
        for jar in library rocksdbjni-1 duckdb_jdbc-1-nolib duckdb_jdbc-1-linux_amd64; do
          : > benchmarks/target/$jar.jar
          path=$path${path:+:}$PWD/benchmarks/target/$jar.jar
        done
        printf '%s' "$path" > benchmarks/target/launcher/dependencies
        mkdir -p plugins-spark/target/launcher
        : > benchmarks/target/spark-core.jar
        printf '%s' "$PWD/benchmarks/target/spark-core.jar" > plugins-spark/target/launcher/spark
        """);
    environment.put("PATH", tools.toString());
    environment.put("STUB_LOG", tools.resolve("mvn.log").toString());
  }

  SourceTree with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  SourceTree without(String tool) throws IOException {
    Files.delete(tools.resolve(tool));
    return this;
  }

  Path root() {
    return root;
  }

  /** How often Maven was started. */
  int builds() throws IOException {
    Path log = tools.resolve("mvn.log");
    return Files.exists(log) ? Files.readAllLines(log).size() : 0;
  }

  void writeWhereItIsStarted(String file, String content) throws IOException {
    Files.writeString(tools.resolve(file), content);
  }

  void write(String file, String content) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, content);
  }

  /** Makes all there is older than anything to come, so that no test waits for a clock to move. */
  void age() throws IOException {
    try (var all = Files.walk(root)) {
      for (Path path : all.filter(p -> !p.startsWith(root.resolve("benchmarks/target"))).toList()) {
        Files.setLastModifiedTime(path, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
      }
    }
  }

  Start start(String... arguments) throws IOException, InterruptedException {
    return begin(root.resolve("reprise"), arguments).end();
  }

  /** Starts the launcher by any path to it, in a folder that is not the tree's. */
  Started begin(Path launcher, String... arguments) throws IOException {
    var command = new ArrayList<String>(List.of(launcher.toString()));
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile(tools, "out", "");
    Path err = Files.createTempFile(tools, "err", "");
    var builder = new ProcessBuilder(command).directory(tools.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process =
        builder
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    return new Started(process, out, err);
  }

  /** A launcher that runs. */
  record Started(Process process, Path out, Path err) {
    Start end() throws IOException, InterruptedException {
      int exit = process.waitFor();
      return new Start(exit, Files.readString(out), Files.readString(err));
    }
  }

  /** By a script, not by a link: JUnit warns of each link that it deletes. */
  private void borrow(String tool) throws IOException {
    for (String folder : List.of("/bin", "/usr/bin", "/usr/local/bin")) {
      Path real = Path.of(folder, tool);
      if (Files.exists(real)) {
        install(tool, "exec %s \"$@\"".formatted(real));
        return;
      }
    }
  }

  /** Puts a shell script on the path. */
  void install(String tool, String script) throws IOException {
    Files.deleteIfExists(tools.resolve(tool));
    Path path = Files.writeString(tools.resolve(tool), "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
