package dev.reprise.ray;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.Reader;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A folder from which drivers are started as processes of their own, and a cluster that is found
 * from there and from nowhere else, started by the script that users have.
 */
public final class RayDesk implements AutoCloseable {
  private static final Path SCRIPT = Path.of("..", "plugins-ray/src/main/scripts/cluster");

  /** Ray may have to be installed first. */
  private static final long START_MINUTES = 14;

  private static final long RUN_SECONDS = 180;

  private final Path folder;
  private final Map<String, String> environment = new TreeMap<>();

  public RayDesk(Path folder) {
    this.folder = folder;
    environment.put("XDG_STATE_HOME", folder.resolve("state").toString());
  }

  /** How a process ended, and what it said. */
  public record Ran(int exit, String out, String err) {}

  /** Sets a variable of the environment of all that is started from now on. */
  RayDesk with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  /** Starts the cluster; whether it ran before does not matter. */
  public RayDesk startCluster(String... options) throws Exception {
    List<String> words = new ArrayList<>(List.of("start", "--cpus", "2"));
    words.addAll(List.of(options));
    Ran started = cluster(START_MINUTES * 60, words);
    assertThat(started.exit()).as(started.err()).isZero();
    return this;
  }

  /** Stops the cluster, if one runs. */
  public void stopCluster() throws Exception {
    assertThat(cluster(60, List.of("stop")).exit()).isZero();
  }

  private Ran cluster(long seconds, List<String> words) throws Exception {
    List<String> command = new ArrayList<>(List.of("bash", SCRIPT.toAbsolutePath().toString()));
    command.addAll(words);
    return await(start("cluster", command), seconds);
  }

  /** What the script wrote down about the cluster. */
  Properties record() throws IOException {
    Properties record = new Properties();
    try (Reader in = Files.newBufferedReader(folder.resolve("state/reprise/ray/cluster"))) {
      record.load(in);
    }
    return record;
  }

  /** Kills a process of the cluster, by the name of its program. */
  void kill(String program) throws IOException {
    find(program).destroyForcibly();
  }

  /** Lets a process of the cluster hang: who connects is not refused, and gets no answer. */
  void suspend(String program) throws Exception {
    List<String> command = List.of("kill", "-STOP", Long.toString(find(program).pid()));
    assertThat(run(command).exit()).isZero();
  }

  private ProcessHandle find(String program) throws IOException {
    ProcessHandle started = ProcessHandle.of(Long.parseLong(record().getProperty("pid"))).get();
    try (Stream<ProcessHandle> all = started.descendants()) {
      List<ProcessHandle> found =
          all.filter(each -> each.info().command().orElse("").endsWith("/" + program)).toList();
      assertThat(found).as("processes of " + program).hasSize(1);
      return found.get(0);
    }
  }

  /** Runs a program of Reprise to its end. */
  public Ran run(String main, String... arguments) throws Exception {
    return await(start(main, arguments), RUN_SECONDS);
  }

  /** A process that runs. */
  record Running(Process process, Path out, Path err) {}

  /** Starts a program of Reprise. */
  Running start(String main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Dfile.encoding=UTF-8");
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> option.startsWith("--add-opens")) // what Arrow and Spark need
        .forEach(command::add);
    command.addAll(List.of("-cp", classPath(), main));
    command.addAll(List.of(arguments));
    return start("run", command);
  }

  /** Surefire says that the working folder is on the class path, which it is not. */
  static String classPath() {
    return System.getProperty("java.class.path").replaceAll(File.pathSeparator + "+$", "");
  }

  private Running start(String name, List<String> command) throws IOException {
    Path out = Files.createTempFile(folder, name, ".out");
    Path err = Files.createTempFile(folder, name, ".err");
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().remove("RAY_ADDRESS");
    builder.environment().putAll(environment);
    return new Running(
        builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start(), out, err);
  }

  /** Runs a command to its end. */
  Ran run(List<String> command) throws Exception {
    return await(start("command", command), RUN_SECONDS);
  }

  Ran await(Running running) throws Exception {
    return await(running, RUN_SECONDS);
  }

  private static Ran await(Running running, long seconds) throws Exception {
    try {
      boolean ended = running.process().waitFor(seconds, TimeUnit.SECONDS);
      String out = Files.readString(running.out(), UTF_8);
      String err = Files.readString(running.err(), UTF_8);
      assertThat(ended).as("it ended; it said %s and %s", out, err).isTrue();
      return new Ran(running.process().exitValue(), out, err);
    } finally {
      running.process().destroyForcibly();
    }
  }

  /** Waits until a process has told, as JSON, that so many units of a step ran; they are kept. */
  void awaitUnits(Running running, String step, int count) throws Exception {
    awaitThat(
        running,
        () -> units(Files.readString(running.out()), step).size() >= count,
        count + " " + step);
  }

  /** Waits until there is a file. */
  void awaitFile(Running running, Path file) throws Exception {
    awaitThat(running, () -> Files.exists(file), file.toString());
  }

  private static void awaitThat(Running running, Callable<Boolean> fact, String what)
      throws Exception {
    for (int i = 0; i < 20 * RUN_SECONDS && running.process().isAlive(); i++) {
      if (fact.call()) {
        return;
      }
      Thread.sleep(50);
    }
    throw new AssertionError(
        "no %s; it said %s and %s"
            .formatted(what, Files.readString(running.out()), Files.readString(running.err())));
  }

  /** The partitions of a step's units that ran, as the JSON on standard output tells. */
  static List<Integer> units(String out, String step) throws IOException {
    List<Integer> units = new ArrayList<>();
    for (String line : out.lines().filter(each -> each.endsWith("}")).toList()) {
      JsonNode event = new ObjectMapper().readTree(line);
      assertThat(event.get("schema").asInt()).isEqualTo(1);
      if (event.get("event").asText().equals("unit")
          && event.get("step").asText().equals(step)
          && event.get("outcome").asText().equals("RAN")) {
        units.add(event.get("partition").asInt());
      }
    }
    return units;
  }

  @Override
  public void close() throws Exception {
    if (Files.exists(folder.resolve("state"))) {
      stopCluster();
    }
  }
}
