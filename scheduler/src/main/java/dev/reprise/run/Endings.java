package dev.reprise.run;

import static java.util.Objects.requireNonNull;

import dev.reprise.graph.Edge;
import dev.reprise.graph.Edge.FromNode;
import dev.reprise.graph.Node;
import dev.reprise.graph.Node.Kind;
import dev.reprise.graph.PipelineException;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.IntQueue;
import dev.reprise.plan.Outcome;
import dev.reprise.plan.Propagation;
import dev.reprise.plan.Reason;
import dev.reprise.plan.Reason.Code;
import dev.reprise.plan.UnitState;
import dev.reprise.plan.UnitTable;
import dev.reprise.task.CachePolicy.Sharing;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * How units end that have no result, and with them what depends on them. Belongs to the run's one
 * thread.
 */
final class Endings {
  private final TaskGraph graph;
  private final UnitTable units;
  private final Propagation propagation;
  private final SingleFlight flight;
  private final Reports reports;
  private final Set<Integer> selected;
  private final boolean fromThem;
  private final boolean keepGoing;

  /** Nodes that have no units and never will, or that must tell those that they get. */
  private final Map<Integer, Reason> skippedNodes = new TreeMap<>();

  /** Nodes whose units, if they get some, take what has no result. */
  private final BitSet late = new BitSet();

  /**
   * @param selected ids of the nodes that the user asked for by name
   */
  Endings(Shared run, Set<Integer> selected) {
    this.graph = run.graph();
    this.units = run.units();
    this.propagation = run.propagation();
    this.flight = run.flight();
    this.reports = run.reports();
    this.selected = selected;
    Resume resume = run.options().resume();
    this.fromThem = resume != null && resume.fromThem();
    this.keepGoing = run.options().keepGoing();
  }

  /** Ends a unit that has no result, and everything that waits for it. */
  void end(int unit, Reason why, byte[] output) {
    close(unit, why, output);
    skipConsumers(unit, why);
  }

  /** Ends a unit that never began. */
  void end(int unit, Reason why) {
    end(unit, why, new byte[0]);
  }

  private void close(int unit, Reason why, byte[] output) {
    leaveFlight(unit);
    units.reason(unit, why);
    units.end(unit, why.code() == Code.RUN_CANCELLED ? Outcome.CANCELLED : Outcome.SKIPPED);
    if (units.node(unit).isStep()) {
      reports.unitFinished(unit, output, null, "");
    } else {
      reports.touched(units.nodeOf(unit));
    }
  }

  /** Ends whatever the unit has to do with equal ones; one of those that followed takes over. */
  void leaveFlight(int unit) {
    flight.woken(unit);
    for (int follower : flight.leave(unit)) {
      units.move(follower, UnitState.READY);
      propagation.ready().add(follower);
    }
  }

  /**
   * Ends whatever a unit that has failed has to do with equal ones, as {@link #leaveFlight}.
   *
   * @return those that followed it and are to fail with it
   */
  List<Integer> failFlight(int unit) {
    flight.woken(unit);
    List<Integer> together = new ArrayList<>();
    for (int follower : flight.leave(unit)) {
      if (units.node(follower).step().cache().sharing() == Sharing.FAIL_TOGETHER) {
        together.add(follower);
      } else {
        units.move(follower, UnitState.READY);
        propagation.ready().add(follower);
      }
    }
    return together;
  }

  /** Ends units of one node that never began, as each would be ended. */
  void endAll(List<Integer> ended, Reason why) {
    ended.forEach(unit -> close(unit, why, new byte[0]));
    if (!ended.isEmpty()) {
      skipConsumers(ended, why);
    }
  }

  /** Ends everything downstream of a unit that has no result. */
  void skipConsumers(int unit, Reason why) {
    skipConsumers(List.of(unit), why);
  }

  /**
   * The same for units of one node. Uses no recursion: graphs are deep. What takes all of a node is
   * told once: nothing begins to wait meanwhile.
   */
  private void skipConsumers(List<Integer> ended, Reason why) {
    int cause = units.nodeOf(ended.get(0));
    List<Integer> open = new ArrayList<>(ended);
    BitSet told = new BitSet();
    IntConsumer skip =
        consumer -> {
          if (units.state(consumer) == UnitState.WAITING) {
            checkSelected(units.nodeOf(consumer), cause, why);
            close(consumer, why, new byte[0]);
            open.add(consumer);
          }
        };
    for (int i = 0; i < open.size(); i++) {
      int node = units.nodeOf(open.get(i));
      propagation.forEachTaker(open.get(i), skip);
      if (!told.get(node)) {
        told.set(node);
        propagation.forEachTakerOfAll(node, skip);
        propagation.forEachUnsizedConsumer(
            node,
            consumer -> {
              if (goesOn(why) && mayBeSized(consumer)) {
                late.set(consumer);
              } else {
                skipUnsized(consumer, cause, why, open);
              }
            });
      }
    }
  }

  /**
   * A node whose number of units will never be known, and what depends on it.
   *
   * @param cause the node that has no result
   */
  private void skipUnsized(int node, int cause, Reason why, List<Integer> open) {
    IntQueue unsized = new IntQueue();
    unsized.add(node);
    while (!unsized.isEmpty()) {
      int next = unsized.poll();
      if (skippedNodes.putIfAbsent(next, why) != null) {
        continue;
      }
      checkSelected(next, cause, why);
      for (int consumer : graph.consumers(next)) {
        if (units.count(consumer) < 0) {
          if (goesOn(why) && mayBeSized(consumer)) {
            late.set(consumer);
          } else {
            unsized.add(consumer);
          }
          continue;
        }
        for (int i = 0; i < units.count(consumer); i++) {
          int unit = units.first(consumer) + i;
          if (units.state(unit) == UnitState.WAITING) {
            checkSelected(consumer, cause, why);
            close(unit, why, new byte[0]);
            open.add(unit);
          }
        }
      }
    }
  }

  /** Whether what does not need the unit that ended so runs all the same. */
  private boolean goesOn(Reason why) {
    return why.isLeftOut() || (keepGoing && why.code() == Code.UPSTREAM_FAILED);
  }

  /**
   * Whether a node may get its units yet, although something that they take has no result: it may
   * turn out to have none, and who takes all of none needs nothing of that. Uses no recursion:
   * graphs are deep.
   */
  private boolean mayBeSized(int unsized) {
    IntQueue open = new IntQueue();
    BitSet seen = new BitSet();
    open.add(unsized);
    while (!open.isEmpty()) {
      int next = open.poll();
      if (units.count(next) >= 0 || seen.get(next)) {
        continue;
      }
      seen.set(next);
      Node node = graph.node(next);
      if (skippedNodes.containsKey(next)
          || (node.kind() == Kind.ELEMENTS && isDead(units.first(node.viewed())))) {
        return false;
      } else if (node.kind() == Kind.COMBINE) {
        open.add(((FromNode) node.inputs().get(0)).node());
        continue;
      }
      for (Edge edge : node.inputs()) {
        if (edge instanceof Edge.Each || edge instanceof Edge.Gather) {
          open.add(((FromNode) edge).node());
        }
      }
    }
    return true;
  }

  /**
   * A node may get its units after something that they take has ended without a result; nobody
   * tells them any more.
   */
  void skipLateUnits() {
    if (skippedNodes.isEmpty() && late.isEmpty()) {
      return;
    }
    Set<Integer> sized = new TreeSet<>(skippedNodes.keySet());
    late.stream().forEach(sized::add);
    sized.removeIf(node -> units.count(node) < 0);
    for (int node : sized) {
      for (int unit = units.first(node); unit < units.first(node) + units.count(node); unit++) {
        waitsAgain(unit);
      }
    }
    sized.forEach(
        node -> {
          skippedNodes.remove(node);
          late.clear(node);
        });
  }

  /** A node that got no units, since they were not needed, may get them after all. */
  void neededAgain(int node) {
    Reason why = skippedNodes.get(node);
    if (why != null && why.code() == Code.NOT_NEEDED) {
      skippedNodes.remove(node);
    }
  }

  /** One of the inputs that a unit waits for may have ended without a result before it waited. */
  void waitsAgain(int unit) {
    Reason never = units.state(unit) == UnitState.WAITING ? whyNever(unit) : null;
    if (never != null) {
      end(unit, never);
    }
  }

  /** Why an input of the unit will never be known; null if all of them may be. */
  private @Nullable Reason whyNever(int unit) {
    Node node = units.node(unit);
    for (Edge edge : node.inputs()) {
      if (edge instanceof FromNode from) {
        if (isSkipped(from.node())) {
          return skippedNodes.get(from.node());
        }
        for (int input : propagation.inputs(unit, from)) {
          if (isDead(input)) {
            return whyDead(input);
          }
        }
      }
    }
    for (int earlier : node.after()) {
      if (isSkipped(earlier)) {
        return skippedNodes.get(earlier);
      }
      for (int i = 0; i < units.count(earlier); i++) {
        if (isDead(units.first(earlier) + i)) {
          return whyDead(units.first(earlier) + i);
        }
      }
    }
    return null;
  }

  Reason whyDead(int unit) {
    return units.outcome(unit) == Outcome.FAILED
        ? new Reason(Code.UPSTREAM_FAILED, units.node(unit).name())
        : requireNonNull(units.reason(unit));
  }

  /** Why the node will never have units; null if it has some, or may. */
  @Nullable Reason whyNoUnits(int node) {
    return units.count(node) < 0 ? skippedNodes.get(node) : null;
  }

  /** Why all of the node is left out with partitions that nobody asked for; null if it is not. */
  @Nullable Reason whyLeftOut(int node) {
    int count = units.count(node);
    Reason why = count < 0 ? skippedNodes.get(node) : null;
    for (int unit = units.first(node); unit < units.first(node) + count; unit++) {
      why = units.reason(unit);
      if (why == null || !why.isLeftOut()) {
        return null;
      }
    }
    return why != null && why.isLeftOut() ? why : null;
  }

  /** Whether the node will never have units. */
  private boolean isSkipped(int node) {
    return units.count(node) < 0 && skippedNodes.containsKey(node);
  }

  /** Whether the unit has ended without a result. */
  boolean isDead(int unit) {
    return units.state(unit) == UnitState.DONE && !units.known(unit);
  }

  boolean allSized() {
    for (Node node : graph.nodes()) {
      if (units.count(node.id()) < 0 && !isSkipped(node.id())) {
        return false;
      }
    }
    return true;
  }

  private void checkSelected(int consumer, int producer, Reason why) {
    // Of a step some of whose partitions are left out others are executed.
    if (why.code() == Code.NOT_SELECTED && !why.isLeftOut() && selected.contains(consumer)) {
      String needed = graph.node(producer).name();
      String wayOut = fromThem ? "leave --force-resume away" : "add --only " + needed;
      throw new PipelineException(
          "step '%s' was selected and needs '%s', whose result is not in the cache; %s"
              .formatted(graph.node(consumer).name(), needed, wayOut));
    }
  }

  /** Ends every unit that is not in flight. */
  void endOpenUnits(Reason why) {
    for (int unit = 0; unit < units.size(); unit++) {
      switch (units.state(unit)) {
        case WAITING, READY, QUEUED, HELD, FOLLOWING, BACKING_OFF -> close(unit, why, new byte[0]);
        case DISPATCHED, RUNNING, COMMITTING, DONE -> {}
      }
    }
    for (Node node : graph.nodes()) {
      if (units.count(node.id()) < 0) {
        skippedNodes.putIfAbsent(node.id(), why);
      }
    }
  }
}
