package dev.reprise.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.testing.SeededTest;
import dev.reprise.graph.Edge;
import dev.reprise.graph.Edge.FromNode;
import dev.reprise.graph.Node;
import dev.reprise.graph.TaskGraph;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Drives {@link Propagation} as a run does, in any order and with results that get lost, and
 * compares it after every move with counts made from scratch. In the end every unit must have the
 * content that its inputs have in the end.
 */
class PropagationPropertyTest {
  @SeededTest(seeds = 150)
  void propagation_anyGraphAndOrder_countsWhatIsMissingAndEndsWithTheLatestContents(Random random) {
    Course course = new Course(RandomGraph.of(random), random);
    course.start();
    for (int moves = random.nextInt(150); moves > 0; moves--) {
      course.move();
      course.check();
    }
    course.finish();
    course.checkEnd();
  }

  /** One run, without index, store and executor. */
  private static final class Course {
    private final TaskGraph graph;
    private final Map<Integer, Integer> elements;
    private final Random random;
    private final UnitTable units;
    private final Propagation propagation;
    private final Map<Integer, Integer> salts = new HashMap<>();
    private final Map<Integer, Fingerprint> computed = new HashMap<>();
    private final Set<Integer> stale = new HashSet<>();

    Course(RandomGraph made, Random random) {
      this.graph = made.graph();
      this.elements = made.elements();
      this.random = random;
      this.units = new UnitTable(graph);
      this.propagation = new Propagation(units);
    }

    void start() {
      propagation.start();
      check();
    }

    // ---- moves ----------------------------------------------------------------------------------

    void move() {
      switch (random.nextInt(8)) {
        case 0 -> {
          int unit = any(UnitState.DONE);
          if (unit >= 0 && units.node(unit).isStep() && units.known(unit)) {
            lose(unit);
          }
        }
        case 1, 2, 3 -> visitNext();
        case 4, 5 -> dispatch(any(UnitState.QUEUED));
        default -> end(any(UnitState.DISPATCHED));
      }
    }

    void finish() {
      for (boolean moved = true; moved; ) {
        moved = visitNext();
        moved |= dispatch(any(UnitState.QUEUED));
        moved |= end(any(UnitState.DISPATCHED));
        check();
      }
    }

    private int any(UnitState state) {
      int[] all =
          IntStream.range(0, units.size()).filter(unit -> units.state(unit) == state).toArray();
      return all.length == 0 ? -1 : all[random.nextInt(all.length)];
    }

    private boolean visitNext() {
      if (propagation.ready().isEmpty()) {
        return false;
      }
      int unit = propagation.ready().poll();
      if (units.state(unit) != UnitState.READY) {
        return true;
      }
      if (missing(unit) > 0) {
        units.move(unit, UnitState.WAITING);
        return true;
      }
      if (mayEndTogether(unit) && random.nextBoolean()) {
        endTogether(units.nodeOf(unit));
        return true;
      }
      units.stale(unit, false);
      stale.remove(unit);
      computed.put(unit, content(unit));
      if (!units.node(unit).isStep() || random.nextInt(3) == 0) {
        ended(unit, Outcome.CACHED);
      } else {
        units.move(unit, UnitState.QUEUED);
      }
      return true;
    }

    private boolean mayEndTogether(int unit) {
      int node = units.nodeOf(unit);
      int first = units.first(node);
      return unit == first
          && graph.node(node).kind() != Node.Kind.COMBINE
          && units.areNew(first, first + units.count(node))
          && IntStream.of(graph.consumers(node)).noneMatch(elements::containsKey);
    }

    /** As all units of a node do that are found in one piece. */
    private void endTogether(int node) {
      int first = units.first(node);
      int end = first + units.count(node);
      for (int unit = first; unit < end; unit++) {
        computed.put(unit, content(unit));
        units.content(unit, computed.get(unit));
        units.known(unit, true);
        units.end(unit, Outcome.CACHED);
      }
      propagation.know(first, end);
    }

    private boolean dispatch(int unit) {
      if (unit < 0) {
        return false;
      }
      if (units.stale(unit)) {
        units.move(unit, UnitState.WAITING);
        propagation.refresh(unit);
      } else if (missing(unit) > 0) {
        units.move(unit, UnitState.WAITING);
      } else {
        units.move(unit, UnitState.DISPATCHED);
      }
      return true;
    }

    private boolean end(int unit) {
      if (unit < 0) {
        return false;
      }
      units.move(unit, UnitState.COMMITTING);
      ended(unit, Outcome.RAN);
      propagation.refresh(unit);
      return true;
    }

    private void ended(int unit, Outcome how) {
      Fingerprint content = computed.get(unit);
      Fingerprint before = units.content(unit);
      boolean again = units.everKnown(unit);
      units.end(unit, how);
      for (int consumer : graph.consumers(units.nodeOf(unit))) {
        if (elements.containsKey(consumer)) {
          propagation.size(consumer, elements.get(consumer));
        }
      }
      if (again && !content.equals(before)) {
        outdateConsumers(unit);
        propagation.contentChanged(unit);
      }
      propagation.know(unit, content);
    }

    /** What healing does; the result may come back with another content. */
    private void lose(int unit) {
      if (random.nextBoolean()) {
        salts.merge(unit, 1, Integer::sum);
        // The content that the execution will have, for the inputs that its key was made of.
        computed.put(unit, Hasher.of("again").putFingerprint(computed.get(unit)).finish());
      }
      forget(unit);
      units.move(unit, UnitState.QUEUED);
    }

    private void forget(int unit) {
      propagation.forget(unit);
      for (int consumer = 0; consumer < units.size(); consumer++) {
        if (!waitsFor(consumer, unit)) {
          continue;
        }
        if (units.state(consumer) == UnitState.QUEUED) {
          units.move(consumer, UnitState.WAITING);
        } else if (units.state(consumer) == UnitState.DONE
            && units.node(consumer).isView()
            && units.known(consumer)) {
          forget(consumer);
          units.move(consumer, UnitState.WAITING);
        }
      }
    }

    private void outdateConsumers(int unit) {
      for (int consumer = 0; consumer < units.size(); consumer++) {
        if (units.state(consumer) != UnitState.WAITING && takes(consumer, unit)) {
          stale.add(consumer);
        }
      }
    }

    // ---- the model ------------------------------------------------------------------------------

    /** The units that a unit takes over an edge, worked out from the definition of the edge. */
    private List<Integer> taken(int unit, FromNode edge) {
      int source = edge.node();
      int place = units.partition(unit);
      List<Integer> all =
          IntStream.range(0, units.count(source)).mapToObj(i -> units.first(source) + i).toList();
      if (edge instanceof Edge.Whole) {
        return all.subList(all.size() - 1, all.size());
      } else if (edge instanceof Edge.Part part) {
        return List.of(all.get(part.index()));
      } else if (edge instanceof Edge.Each) {
        return List.of(all.get(place));
      } else if (edge instanceof Edge.Gather gather) {
        return IntStream.of(gather.mapping().partitionsOf(place, all.size()))
            .mapToObj(all::get)
            .toList();
      } else if (edge instanceof Edge.Tree) {
        return children(all, units.node(unit)).get(place);
      }
      return all;
    }

    private List<List<Integer>> children(List<Integer> leaves, Node node) {
      List<List<Integer>> children = new ArrayList<>();
      List<Integer> level = leaves;
      do {
        List<Integer> above = new ArrayList<>();
        for (int from = 0; from == 0 || from < level.size(); from += node.fanIn()) {
          above.add(units.first(node.id()) + children.size());
          children.add(level.subList(from, Math.min(level.size(), from + node.fanIn())));
        }
        level = above;
      } while (level.size() > 1);
      return children;
    }

    private static boolean isBarrier(FromNode edge) {
      return edge instanceof Edge.Whole
          || edge instanceof Edge.All
          || edge instanceof Edge.Labelled;
    }

    private boolean complete(int node) {
      return units.count(node) >= 0
          && IntStream.range(0, units.count(node))
              .allMatch(i -> units.known(units.first(node) + i));
    }

    private int missing(int unit) {
      Node node = units.node(unit);
      int missing = 0;
      for (Edge edge : node.inputs()) {
        if (edge instanceof FromNode from) {
          if (isBarrier(from)) {
            missing += complete(from.node()) ? 0 : 1;
          } else {
            missing += (int) taken(unit, from).stream().filter(i -> !units.known(i)).count();
          }
        }
      }
      for (int earlier : node.after()) {
        missing += complete(earlier) ? 0 : 1;
      }
      return missing;
    }

    private boolean takes(int consumer, int unit) {
      return edges(consumer, edge -> taken(consumer, edge).contains(unit));
    }

    private boolean edges(int consumer, Predicate<FromNode> matches) {
      return units.node(consumer).inputs().stream()
          .anyMatch(
              edge ->
                  edge instanceof FromNode from
                      && units.count(from.node()) >= 0
                      && matches.test(from));
    }

    private boolean waitsFor(int consumer, int unit) {
      return takes(consumer, unit)
          || edges(consumer, edge -> isBarrier(edge) && edge.node() == units.nodeOf(unit))
          || units.node(consumer).after().contains(units.nodeOf(unit));
    }

    /** What a unit's result is, given the contents of its inputs as they are now. */
    private Fingerprint content(int unit) {
      return content(unit, units::content);
    }

    private Fingerprint content(int unit, IntFunction<Fingerprint> contents) {
      Hasher hasher = Hasher.of(units.node(unit).name()).putLong(units.partition(unit));
      for (Edge edge : units.node(unit).inputs()) {
        if (edge instanceof FromNode from) {
          taken(unit, from).forEach(input -> hasher.putFingerprint(contents.apply(input)));
        }
      }
      Fingerprint content = hasher.finish();
      for (int salt = salts.getOrDefault(unit, 0); salt > 0; salt--) {
        content = Hasher.of("again").putFingerprint(content).finish();
      }
      return content;
    }

    // ---- checks ---------------------------------------------------------------------------------

    void check() {
      Set<Integer> queued = new HashSet<>();
      for (int i = propagation.ready().size(); i > 0; i--) {
        int unit = propagation.ready().poll();
        propagation.ready().add(unit);
        queued.add(unit);
      }
      for (int unit = 0; unit < units.size(); unit++) {
        String name = units.node(unit).name() + ":" + units.partition(unit);
        int missing = missing(unit);
        assertThat(units.pending(unit)).as("inputs that %s waits for", name).isEqualTo(missing);
        if (units.state(unit) != UnitState.WAITING) {
          assertThat(units.stale(unit)).as("%s is stale", name).isEqualTo(stale.contains(unit));
        }
        boolean due =
            units.state(unit) == UnitState.WAITING
                || (units.state(unit) == UnitState.DONE && units.stale(unit));
        if (due) {
          assertThat(missing).as("%s is not ready although nothing is missing", name).isPositive();
        }
        assertThat(queued.contains(unit) || units.state(unit) != UnitState.READY)
            .as("%s is ready, and in the queue", name)
            .isTrue();
        for (Edge edge : units.node(unit).inputs()) {
          if (edge instanceof FromNode from && units.count(from.node()) >= 0) {
            assertThat(propagation.inputs(unit, from))
                .as("inputs of %s over %s", name, edge)
                .containsExactly(taken(unit, from).stream().mapToInt(i -> i).toArray());
          }
        }
      }
      for (Node node : graph.nodes()) {
        assertThat(propagation.complete(node.id())).isEqualTo(complete(node.id()));
      }
    }

    void checkEnd() {
      for (Node node : graph.nodes()) {
        assertThat(units.count(node.id())).as("units of %s", node.name()).isNotNegative();
      }
      Map<Integer, Fingerprint> fresh = new HashMap<>();
      for (Node node : graph.nodes()) {
        for (int i = 0; i < units.count(node.id()); i++) {
          int unit = units.first(node.id()) + i;
          fresh.put(unit, content(unit, fresh::get));
          assertThat(units.state(unit)).isEqualTo(UnitState.DONE);
          assertThat(units.known(unit)).isTrue();
          assertThat(units.content(unit))
              .as("content of %s:%s", node.name(), i)
              .isEqualTo(fresh.get(unit));
        }
      }
      assertThat(units.open()).isZero();
    }
  }
}
