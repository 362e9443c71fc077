package dev.reprise.bench.ray;

import dev.reprise.bench.compare.EmbeddedGraph;
import dev.reprise.bench.ratio.Comparison;
import dev.reprise.bench.taskbench.Edits;
import dev.reprise.bench.taskbench.Metg;
import dev.reprise.bench.taskbench.Pattern;
import dev.reprise.bench.taskbench.TaskBench;
import dev.reprise.bench.taskbench.TaskBench.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How small units may be: {@link Metg} of ours on the local executor, with a cache in which nothing
 * is found and everything is kept, against Ray's with a task for each unit, and results that go
 * through its driver.
 *
 * <p>Ray's graph is a narrower one of the same pattern with fewer steps, since a unit costs it much
 * more.
 */
public final class RayMetg implements Comparison {
  private static final Pattern PATTERN = Pattern.STENCIL_1D;

  private final Shape theirs;
  private final RayHere cluster;
  private final DriverProcess driver;
  private final Metg metgOfOurs;
  private final Metg metgOfPeer;

  /**
   * @param width units in each step of our graph
   * @param steps of our graph
   * @param widthOfPeer units in each step of Ray's
   * @param stepsOfPeer of Ray's
   */
  public RayMetg(Path folder, int width, int steps, int widthOfPeer, int stepsOfPeer)
      throws Exception {
    Shape ours = new Shape(PATTERN, width, steps, 0);
    theirs = new Shape(PATTERN, widthOfPeer, stepsOfPeer, 0);
    double iteration = Metg.calibrate(RayHere.CORES);
    // Ray's default lets workers wait for whatever else runs, its own daemons and drivers included,
    // so that a unit with work takes 11 ms where 2.5 are enough.
    cluster = RayHere.start(folder, Map.of("RAY_worker_niceness", "0"));
    try {
      driver = Sides.peer(folder, cluster, OnRawRay.class.getName());
    } catch (IOException | RuntimeException e) {
      AfterFailure.close(e, cluster);
      throw e;
    }
    metgOfOurs = new Metg(RayHere.CORES, ours.units(), iteration, new EmbeddedGraph(folder, ours));
    metgOfPeer = new Metg(RayHere.CORES, widthOfPeer * stepsOfPeer, iteration, this::runPeer);
  }

  private double runPeer(long iterations) throws IOException, InterruptedException {
    long[] last = TaskBench.expected(theirs, Edits.NONE)[theirs.steps() - 1];
    return Sides.checked(
        "the peer's",
        driver.ask("graph", theirs.width(), theirs.steps(), iterations),
        Units.digest(Arrays.stream(last).boxed().toList()));
  }

  @Override
  public double ours() throws Exception {
    return metgOfOurs.find();
  }

  @Override
  public double peer() throws Exception {
    return metgOfPeer.find();
  }

  @Override
  public Stream<ProcessHandle> processes() {
    return Stream.concat(cluster.processes(), Stream.of(driver.handle()));
  }

  @Override
  public void close() throws Exception {
    try (cluster) {
      driver.close();
    }
  }
}
