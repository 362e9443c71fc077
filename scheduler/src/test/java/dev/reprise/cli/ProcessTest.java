package dev.reprise.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.testing.Shows;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What only a process of its own can show: a user's main, streams, signals, exit codes. */
class ProcessTest {
  @TempDir Path folder;

  private Process start(Class<?> main, String... args) throws IOException {
    return process(main, args).start();
  }

  private ProcessBuilder process(Class<?> main, String... args) {
    List<String> command = new ArrayList<>();
    if (OS.LINUX.isCurrentOs()) {
      // A build in the background of a script has Ctrl-C ignored, and so would all that it starts.
      command.addAll(List.of("env", "--default-signal=INT,HUP"));
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--add-opens=java.base/java.nio=ALL-UNNAMED");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(List.of(args));
    ProcessBuilder process = new ProcessBuilder(command).directory(folder.toFile());
    // A locale without UTF-8, as in many containers: what is printed must not depend on it.
    process.environment().put("LC_ALL", "POSIX");
    process.redirectError(folder.resolve("stderr").toFile());
    return process;
  }

  private String err() throws IOException {
    return Files.readString(folder.resolve("stderr"));
  }

  private static String out(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), UTF_8);
  }

  @Test
  void main_ofUsersOwnClass_hasTheCommandLineWithoutName() throws Exception {
    Process first = start(Squares.class, "run", "--param", "add=1");
    String screen = out(first);
    assertThat(first.waitFor()).isZero();
    assertThat(screen).contains("  squares  ").contains("0 cached · 8 ran · 0 failed");

    Process again = start(Squares.class, "run", "--param", "add=1", "--console=json");
    String json = out(again);
    assertThat(again.waitFor()).isZero();
    assertThat(json.lines()).hasSize(5).allMatch(line -> line.startsWith("{"));

    Process help = start(Squares.class);
    assertThat(out(help)).isEmpty();
    assertThat(help.waitFor()).isEqualTo(2);
    assertThat(err())
        .contains("Usage: java dev.reprise.cli.Squares COMMAND")
        .doesNotContain("demo", "completion");
  }

  @Test
  void exitCode_failedStep_isThatOfTheProcess() throws Exception {
    Process process = start(Squares.class, "run", "--param", "bad=1");

    assertThat(out(process)).contains("1 failed");
    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(err()).contains("next: java dev.reprise.cli.Squares runs logs");
  }

  @Test
  void exit_calledByTask_saysSoAndIsNoSuccess() throws Exception {
    Process process = start(ExitingPipeline.class, "run", "--console=json");

    assertThat(out(process).lines()).allMatch(line -> line.startsWith("{") && line.endsWith("}"));
    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(err())
        .containsPattern(
            "error: the process was ended from inside, by System.exit at dev.reprise.cli.ExitingPipeline\\S+,"
                + " while run [0-9a-f]{4} was under way\n  what was")
        .contains("the next run goes on from there");

    Process next = start(ExitingPipeline.class, "run", "--param", "exits=false");
    assertThat(out(next)).contains("1 cached · 1 ran · 0 failed");
    assertThat(next.waitFor()).isZero();
    assertThat(err()).isEmpty();
  }

  @Test
  void exit_calledByProbe_saysSoAndIsNoSuccess() throws Exception {
    for (List<String> command :
        List.of(List.of("run"), List.of("run", "--stale"), List.of("plan"))) {
      ProcessBuilder asked = process(ExitingPipeline.class, command.toArray(String[]::new));
      asked.environment().put("EXIT_IN", "probe");
      Process process = asked.start();

      assertThat(out(process)).as("%s", command).isEmpty();
      assertThat(process.waitFor()).isEqualTo(1);
      assertThat(err())
          .contains("by System.exit at dev.reprise.cli.ExitingPipeline.version(")
          .contains(command.contains("plan") ? "while the plan was made" : "run");
    }
  }

  @Test
  void exit_calledByDefinition_saysSoAndIsNoSuccess() throws Exception {
    for (String command : List.of("run", "plan")) {
      ProcessBuilder asked = process(ExitingPipeline.class, command);
      asked.environment().put("EXIT_IN", "definition");
      Process process = asked.start();

      assertThat(out(process)).as(command).isEmpty();
      assertThat(process.waitFor()).isEqualTo(3);
      assertThat(err())
          .containsPattern(
              "System.exit at dev.reprise.cli.ExitingPipeline\\S+, while the pipeline was defined");
    }
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void hangUp_whileUnitRuns_cancelsTheRunLikeAnInterrupt() throws Exception {
    Process process = start(SlowPipeline.class, "run");
    awaitLine(process, "RUN ");

    signal(process, "HUP");

    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(8);
    assertThat(err()).contains("cancelling").doesNotContain("from inside");
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  @Shows("Fault 4")
  void interrupt_whileUnitRuns_exitsWithEightAndTheRunIsCancelled() throws Exception {
    Process process = start(SlowPipeline.class, "run");
    awaitLine(process, "RUN ");

    long began = System.nanoTime();
    signal(process, "INT");
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();

    assertThat(process.exitValue()).isEqualTo(8);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
    assertThat(err()).contains("cancelling");
    Process shown = start(SlowPipeline.class, "runs", "show");
    assertThat(out(shown)).contains("state      CANCELLED, exit code 8").contains("1 cancelled");
  }

  @Test
  @Shows("Fault 33")
  void run_homeHeldByAnotherProcess_waitsThenExitsWithSevenAndNamesIt() throws Exception {
    Process holder = start(SlowPipeline.class, "run");
    try {
      awaitLine(holder, "RUN ");

      Process second = start(Squares.class, "run", "--lock-timeout", "300ms");

      assertThat(out(second)).isEmpty();
      assertThat(second.waitFor()).isEqualTo(7);
      assertThat(err())
          .startsWith("waiting: index held by pid " + holder.pid() + " on host ")
          .containsPattern("error: the index .* is held by pid " + holder.pid() + " on host .*Z")
          .contains("(java dev.reprise.cli.SlowPipeline run)")
          .contains("wait for it to end, raise --lock-timeout, or run with --cache=read");
    } finally {
      holder.destroyForcibly().waitFor();
    }
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  @Shows("Fault 4")
  void terminate_whileUnitRuns_exitsWithEight() throws Exception {
    Process process = start(SlowPipeline.class, "run");
    awaitLine(process, "RUN ");

    signal(process, "TERM");

    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(8);
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void output_closedByReader_isNoError() throws Exception {
    Process process = start(Squares.class, "run", "--console=json");
    process.getInputStream().close();

    assertThat(process.waitFor()).isZero();
    assertThat(err()).isEmpty();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void output_diskIsFull_isNoSuccessAndSaysSo() throws Exception {
    for (String command : List.of("run", "runs ls", "result total")) {
      Process process =
          process(Squares.class, command.split(" "))
              .redirectOutput(Path.of("/dev/full").toFile())
              .start();

      assertThat(process.waitFor()).as(command).isEqualTo(74);
      assertThat(err())
          .isEqualTo("error: standard output could not be written: No space left on device\n");
    }
  }

  private static void awaitLine(Process process, String beginning) throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    String line = lines.readLine();
    while (line != null && !line.startsWith(beginning)) {
      line = lines.readLine();
    }
    assertThat(line).isNotNull();
  }

  private static void signal(Process process, String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }
}
