package dev.reprise.spark;

import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Units that go out as one Spark task and run there one after the other; of one step or of several,
 * which claim the same. The dispatcher's thread owns what changes.
 */
final class Group {
  /** Not yet started, as far as Spark has told. */
  static final long NO_TASK = -1;

  private final List<OpenUnit> units = new ArrayList<>();

  /** How long its units will take by what is known of their steps, in nanoseconds. */
  double expectedNanos;

  /** Spark's id of the task that runs it. */
  long task = NO_TASK;

  /** Why its task was lost, as far as Spark has told. */
  @Nullable String lost;

  /** Whether it has one of the {@link Places}. */
  boolean placed;

  /** Whether its task came to an end. */
  boolean done;

  void add(OpenUnit unit) {
    units.add(unit);
    unit.group = this;
  }

  /**
   * All its units in the order in which they run; some may be answered, or out with another one.
   */
  List<OpenUnit> units() {
    return units;
  }

  /** Its units that are not answered; a copy. */
  List<OpenUnit> open() {
    return open(0);
  }

  /** Those of them that come after the first {@code begun}; a copy. */
  List<OpenUnit> open(long begun) {
    return units.stream().skip(begun).filter(unit -> !unit.answered && unit.group == this).toList();
  }

  /** What each of its units claims. */
  Claim claim() {
    return units.get(0).claim;
  }

  /** Its units by what they were submitted with, in the order in which they run. */
  @SuppressWarnings("ReferenceEquality") // whether they were submitted together
  List<WorkChunk> chunks() {
    List<WorkChunk> chunks = new ArrayList<>();
    int from = 0;
    for (int i = 1; i <= units.size(); i++) {
      WorkChunk chunk = units.get(from).chunk;
      if (i == units.size() || units.get(i).chunk != chunk) {
        List<UnitWork> run = units.subList(from, i).stream().map(unit -> unit.work).toList();
        chunks.add(chunk.of(run));
        from = i;
      }
    }
    return chunks;
  }

  /** Whether nobody waits for an answer of it any more. */
  boolean isThrough() {
    return done || open().stream().allMatch(unit -> unit.asked);
  }
}
