package dev.reprise.bench.ray;

import dev.reprise.bench.ratio.Comparison;
import dev.reprise.bench.taskbench.Metg;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Units on a cluster, none of them cached and all kept, against a task of Ray's for each and no
 * cache; what one costs.
 */
public final class RayUnits implements Comparison {
  private final Sides sides;
  private final int units;
  private final int unitsOfPeer;
  private final long work;
  private final List<String> notes = new ArrayList<>();
  private int round;

  private RayUnits(Sides sides, int units, int unitsOfPeer, long work) {
    this.sides = sides;
    this.units = units;
    this.unitsOfPeer = unitsOfPeer;
    this.work = work;
  }

  /**
   * A task for each unit, which does nothing.
   *
   * @param held how many units are in flight at once, to see what they hold of the heap
   */
  public static Comparison oneByOne(Path folder, int units, int held) throws Exception {
    RayUnits compared = oneByOne(folder, units, OnRawRay.class.getName());
    try {
      compared.noteFirstUnits();
      compared.noteInFlight(held);
      return compared;
    } catch (Exception e) {
      AfterFailure.close(e, compared);
      throw e;
    }
  }

  private void noteInFlight(int held) throws IOException, InterruptedException {
    InFlight memory = InFlight.of(sides.ours().ask("hold", held));
    notes.add(
        String.format(
            Locale.ROOT,
            "%,d units in flight: %.0f bytes of the driver's heap each, %.1f once they are answered",
            held,
            memory.waiting(),
            memory.answered()));
  }

  /**
   * @param peer main class of its driver
   */
  static RayUnits oneByOne(Path folder, int units, String peer) throws Exception {
    return new RayUnits(new Sides(folder, 1, peer), units, units, 0);
  }

  /**
   * As many units in a task as the executor likes; the peer has a task for each.
   *
   * @param nanos that each unit computes
   */
  public static RayUnits chunked(Path folder, int units, int unitsOfPeer, long nanos)
      throws Exception {
    long work = Math.round(nanos / Metg.calibrate(RayHere.CORES));
    Sides sides = new Sides(folder, Sides.MANY, OnRawRay.class.getName());
    return new RayUnits(sides, units, unitsOfPeer, work);
  }

  /** What is not in the ratio: connecting and the start of the first worker. */
  private void noteFirstUnits() throws IOException, InterruptedException {
    double[] seconds = new double[4];
    for (int i = 0; i < seconds.length; i++) {
      round++;
      boolean peers = i % 2 == 1;
      seconds[i] = (peers ? askPeer(1) : askOurs(1)) / 1e9;
    }
    notes.add(
        String.format(
            Locale.ROOT,
            "first unit of a driver, with the start of a worker: ours %.2f s, the peer's %.2f s;"
                + " the next: %.3f s, %.3f s",
            seconds[0],
            seconds[1],
            seconds[2],
            seconds[3]));
  }

  private double askOurs(int count) throws IOException, InterruptedException {
    List<String> answer = sides.ours().ask("run", count, round, work);
    return Sides.checked("our", answer, Units.expected(count, round));
  }

  private double askPeer(int count) throws IOException, InterruptedException {
    List<String> answer = sides.peer().ask("run", count, round, work);
    return Sides.checked("the peer's", answer, Units.expected(count, round));
  }

  @Override
  public double ours() throws Exception {
    round++;
    return askOurs(units) / units;
  }

  @Override
  public double peer() throws Exception {
    return askPeer(unitsOfPeer) / unitsOfPeer;
  }

  @Override
  public List<String> notes() {
    return notes;
  }

  @Override
  public Stream<ProcessHandle> processes() {
    return sides.processes();
  }

  @Override
  public void close() throws Exception {
    sides.close();
  }
}
