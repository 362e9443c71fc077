package dev.reprise.bench.compare;

import static dev.reprise.cache.base.Checks.checkState;

import dev.reprise.bench.ratio.Comparison;
import dev.reprise.bench.taskbench.Edits;
import dev.reprise.bench.taskbench.TaskBench;
import dev.reprise.bench.taskbench.TaskBench.Shape;
import dev.reprise.cache.base.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * A new process that runs a graph of which everything is cached, and reads the results of its last
 * step, against a new process of Ninja that finds all files of the same graph up to date. Both from
 * before the process is started until it has ended; ours is a JVM with the options of this one,
 * which are the launcher's.
 */
public final class ColdProcess implements Comparison {
  private static final int MOST_MINUTES = 5;

  private final Ticker ticker = Ticker.system();
  private final Path home;
  private final Path out;
  private final Shape shape;
  private final String main;
  private final String expected;
  private final NinjaGraph ninja;

  /**
   * @param width units in each step
   */
  public ColdProcess(Path folder, int width, int steps) throws Exception {
    this(folder, width, steps, CachedGraph.class.getName());
  }

  /**
   * @param main our main class
   */
  ColdProcess(Path folder, int width, int steps, String main) throws Exception {
    this.main = main;
    home = folder.resolve("home");
    out = folder.resolve("out");
    shape = CachedGraph.shape(width, steps);
    ninja = NinjaGraph.make(folder.resolve("ninja"), shape);
    try (Workplace work = Workplace.in(home)) {
      work.run(shape, TaskBench.pipeline(shape, Edits.NONE));
    }
    long[] last = TaskBench.expected(shape, Edits.NONE)[steps - 1];
    expected = CachedGraph.answer(shape.units(), Arrays.stream(last).reduce(0, (a, b) -> a ^ b));
  }

  /** The peer's graph. */
  NinjaGraph ninja() {
    return ninja;
  }

  @Override
  public double ours() throws IOException, InterruptedException {
    Ended ended =
        run(JavaProcess.of(main, home.toString(), "" + shape.width(), "" + shape.steps()));
    checkState(ended.said.equals(expected), "ours said '%s', not '%s'", ended.said, expected);
    return ended.nanos;
  }

  @Override
  public double peer() throws IOException, InterruptedException {
    Ended ended = run(ninja.question());
    NinjaGraph.check(ended.said);
    return ended.nanos;
  }

  /** A process that has ended, with what it said. */
  private record Ended(double nanos, String said) {}

  private Ended run(ProcessBuilder builder) throws IOException, InterruptedException {
    long begun = ticker.nanos();
    Process process = builder.redirectErrorStream(true).redirectOutput(out.toFile()).start();
    try {
      boolean ended = process.waitFor(MOST_MINUTES, TimeUnit.MINUTES);
      double nanos = ticker.nanos() - begun;
      String said = Files.readString(out).trim();
      checkState(
          ended, "%s does not end within %s minutes: %s", builder.command(), MOST_MINUTES, said);
      int exit = process.exitValue();
      checkState(exit == 0, "%s ended with exit code %s: %s", builder.command(), exit, said);
      return new Ended(nanos, said);
    } finally {
      process.destroyForcibly();
    }
  }
}
