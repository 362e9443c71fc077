package dev.reprise.bench.compare;

import static dev.reprise.cache.base.Checks.checkState;

import dev.reprise.bench.ratio.Comparison;
import dev.reprise.bench.taskbench.Edits;
import dev.reprise.bench.taskbench.Metg;
import dev.reprise.bench.taskbench.Pattern;
import dev.reprise.bench.taskbench.TaskBench;
import dev.reprise.bench.taskbench.TaskBench.Shape;
import dev.reprise.cache.base.Ticker;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How small units may be: {@link Metg} of ours with a cache in which nothing is found and
 * everything is kept, against one that is written by hand for such graphs; of the pattern in which
 * the ratio is worst.
 */
public final class MetgCached implements Comparison {
  private static final int CORES = 2;

  /** Computes a graph without Reprise, and keeps its results. */
  interface Peer extends AutoCloseable {
    /** Computes it; returns the last step's results. */
    long[] run() throws Exception;

    /** How many results are kept. */
    long kept() throws Exception;

    @Override
    void close();
  }

  /** Makes a peer, in a folder where there is nothing yet. */
  @FunctionalInterface
  interface Making {
    Peer in(Path folder, Shape shape) throws Exception;
  }

  private final Ticker ticker = Ticker.system();
  private final Path folder;
  private final Shape shape;
  private final Making making;
  private final EmbeddedGraph ours;
  private final Metg metgOfOurs;
  private final Metg metgOfPeer;
  private final String note;
  private int rounds;

  MetgCached(Path folder, Shape shape, double iteration, Making making, String note) {
    this.folder = folder;
    this.shape = shape;
    this.making = making;
    this.note = note;
    ours = new EmbeddedGraph(folder, shape);
    metgOfOurs = new Metg(CORES, shape.units(), iteration, ours);
    metgOfPeer = new Metg(CORES, shape.width() * shape.steps(), iteration, this::runPeer);
  }

  /**
   * The comparison in the pattern that is worst for us, found by one pair of each, when all have
   * been run once.
   */
  public static MetgCached worst(Path folder, int width, int steps) throws Exception {
    double iteration = Metg.calibrate(CORES);
    Pattern worst = Pattern.TRIVIAL;
    double highest = 0;
    for (Pattern pattern : Pattern.values()) {
      Shape shape = new Shape(pattern, width, steps, 0);
      MetgCached one = of(folder.resolve(pattern.name()), shape, iteration, "");
      one.ours.nanos(1);
      one.runPeer(1);
      double ratio = one.ours.nanos(1) / one.runPeer(1);
      if (ratio > highest) {
        highest = ratio;
        worst = one.shape.pattern();
      }
    }
    return of(
        folder.resolve("worst"),
        new Shape(worst, width, steps, 0),
        iteration,
        String.format(Locale.ROOT, "worst of all patterns: %s, %.2f without work", worst, highest));
  }

  private static MetgCached of(Path folder, Shape shape, double iteration, String note) {
    return new MetgCached(folder, shape, iteration, CachingForkJoin::new, note);
  }

  private double runPeer(long work) throws Exception {
    Path home = folder.resolve("peer-" + ++rounds);
    Shape wanted = shape.withWork(work);
    double nanos;
    try (Peer peer = making.in(home, wanted)) {
      long begun = ticker.nanos();
      long[] last = peer.run();
      nanos = ticker.nanos() - begun;
      long[] expected = TaskBench.expected(shape, Edits.NONE)[shape.steps() - 1];
      checkState(Arrays.equals(last, expected), "the peer's results are others");
      long units = (long) shape.width() * shape.steps();
      checkState(peer.kept() == units, "the peer kept %s of %s results", peer.kept(), units);
    }
    Folders.delete(home);
    return nanos;
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
  public List<String> notes() {
    return List.of(note);
  }
}
