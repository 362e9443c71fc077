package dev.reprise.bench.compare;

import static dev.reprise.cache.base.Checks.checkState;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.bench.taskbench.TaskBench.Shape;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A graph as a {@code build.ninja}, with everything built: each unit is a file that its command
 * touches, and all are there, later ones not older than those that they are made from. The rule is
 * a generator's, so that Ninja asks for nothing but times.
 */
final class NinjaGraph {
  private static final String SCRIPT = "benchmarks/src/main/scripts/ninja";
  private static final String NOTHING_TO_DO = "ninja: no work to do.";
  private static final int INSTALL_MINUTES = 5;

  private final Path ninja;
  private final Path folder;

  private NinjaGraph(Path ninja, Path folder) {
    this.ninja = ninja;
    this.folder = folder;
  }

  /**
   * Makes it.
   *
   * @param folder for its files; need not be there
   */
  static NinjaGraph make(Path folder, Shape shape) throws IOException, InterruptedException {
    NinjaGraph graph = new NinjaGraph(findNinja(), Files.createDirectories(folder));
    Files.createFile(graph.file("points"));
    try (BufferedWriter build = Files.newBufferedWriter(graph.file("build.ninja"))) {
      build.write("rule touch\n  command = touch $out\n  generator = 1\nbuild points: touch\n");
      for (int step = 0; step < shape.steps(); step++) {
        Files.createDirectories(graph.file("step-" + step));
        for (int point = 0; point < shape.width(); point++) {
          build.write("build " + unit(step, point) + ": touch points");
          for (int input : shape.pattern().dependencies(step, point, shape.width())) {
            build.write(" " + unit(step - 1, input));
          }
          build.newLine();
          Files.createFile(graph.file(unit(step, point)));
        }
      }
    }
    return graph;
  }

  private static String unit(int step, int point) {
    return "step-" + step + "/" + point;
  }

  /** A file of the graph. */
  Path file(String name) {
    return folder.resolve(name);
  }

  /** Prints where it is; the first time that may take a download. */
  private static Path findNinja() throws IOException, InterruptedException {
    Path script = SourceTree.file(SCRIPT, "which finds Ninja");
    Process process =
        new ProcessBuilder("bash", script.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      String found = new String(process.getInputStream().readAllBytes(), UTF_8).trim();
      checkState(
          process.waitFor(INSTALL_MINUTES, TimeUnit.MINUTES) && process.exitValue() == 0,
          "there is no Ninja to measure against");
      return Path.of(found);
    } finally {
      process.destroyForcibly();
    }
  }

  /** What asks Ninja whether there is anything to do. */
  ProcessBuilder question() {
    return new ProcessBuilder(ninja.toString(), "-C", folder.toString());
  }

  /** Checks that what it answered is that there is not. */
  static void check(String answer) {
    checkState(answer.contains(NOTHING_TO_DO), "the peer found work to do: %s", answer);
  }
}
