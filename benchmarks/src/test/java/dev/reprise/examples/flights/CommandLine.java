package dev.reprise.examples.flights;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The real command line, in a JVM of its own for each command.
 *
 * @param home where its state lies
 * @param start what stands after {@code java} and its options: a class path and a main class, or a
 *     jar
 */
record CommandLine(Path home, List<String> start) {
  private static final int UNITS = 14;
  private static final long LIMIT_SECONDS = 100;

  /** What the event of a step says, how many of its units were executed, and how many reused. */
  private static final Pattern STEP =
      Pattern.compile(
          "\"event\":\"step\".*\"step\":\"([^\"]+)\".*\"RAN\":(\\d+),\"CACHED\":(\\d+)");

  /** Of a main class in these folders and jars. */
  static CommandLine of(Path home, String main, List<Path> classPath) {
    String joined =
        classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    return new CommandLine(home, List.of("-cp", joined, main));
  }

  /** What {@code java} is started with by the launcher, less the module of the examples. */
  static List<Path> libraries() throws IOException {
    Path module = ShippedData.folder().getParent();
    String written = Files.readString(module.resolve("target/launcher/dependencies")).strip();
    return Stream.of(written.split(File.pathSeparator)).map(Path::of).toList();
  }

  /** Runs the pipeline and returns how many units of each step were executed; others were not. */
  Map<String, Integer> run(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("run", "--console=json"));
    all.addAll(List.of(arguments));
    String events = answer(all.toArray(String[]::new));
    Map<String, Integer> executed = new LinkedHashMap<>();
    int units = 0;
    for (Matcher step = STEP.matcher(events); step.find(); ) {
      int ran = Integer.parseInt(step.group(2));
      executed.put(step.group(1), ran);
      units += ran + Integer.parseInt(step.group(3));
    }
    assertThat(units).as(events).isEqualTo(UNITS);
    return executed;
  }

  /** Runs a command that must succeed, from the top of the source tree; returns what it prints. */
  String answer(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--add-opens=java.base/java.nio=ALL-UNNAMED");
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")); // these start sooner
    command.addAll(start);
    command.addAll(List.of(arguments));
    command.addAll(List.of("--home", home.toString()));
    Path out = home.resolveSibling("out");
    Path err = home.resolveSibling("err");
    Process process =
        new ProcessBuilder(command)
            .directory(ShippedData.folder().getParent().getParent().toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertThat(process.waitFor(LIMIT_SECONDS, SECONDS)).as("ends in time").isTrue();
      String printed = Files.readString(out);
      assertThat(process.exitValue()).as(printed + Files.readString(err)).isZero();
      return printed;
    } finally {
      process.destroyForcibly();
    }
  }
}
