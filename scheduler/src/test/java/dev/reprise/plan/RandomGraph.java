package dev.reprise.plan;

import dev.reprise.graph.Edge;
import dev.reprise.graph.TaskGraph;
import dev.reprise.testing.GraphMaker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A small graph in which every kind of node and edge may occur.
 *
 * @param elements how many elements each fan-out will turn out to have, by the id of its view
 */
record RandomGraph(TaskGraph graph, Map<Integer, Integer> elements) {
  static RandomGraph of(Random random) {
    return new Maker(random).make();
  }

  private static final class Maker {
    private final Random random;
    private final GraphMaker maker = new GraphMaker();
    private final List<Integer> values = new ArrayList<>();
    private final List<Integer> partitioned = new ArrayList<>();
    private final Map<Integer, Integer> leaders = new HashMap<>();
    private final Map<Integer, Integer> fixed = new HashMap<>();
    private final Map<Integer, Integer> elements = new HashMap<>();

    Maker(Random random) {
      this.random = random;
    }

    RandomGraph make() {
      int nodes = 2 + random.nextInt(9);
      for (int i = 0; i < nodes; i++) {
        add("n" + i);
      }
      values.add(maker.step("last", inputs()));
      return new RandomGraph(maker.build(), elements);
    }

    private void add(String name) {
      int kind = random.nextInt(6);
      if (kind == 0) {
        String[] labels =
            IntStream.range(0, 1 + random.nextInt(4)).mapToObj(i -> "f" + i).toArray(String[]::new);
        partitions(maker.files(name, labels), labels.length);
      } else if (kind == 1) {
        int view = maker.fanOut(name, inputs());
        values.add(view - 1);
        elements.put(view, random.nextInt(5));
        leaders.put(view, view);
        partitioned.add(view);
        order(view - 1);
      } else if (kind == 2) {
        int view = maker.outputs(name, List.of("a", "b", "c").subList(0, 1 + random.nextInt(3)));
        partitions(view, 1);
      } else if (kind == 3 && !partitioned.isEmpty()) {
        values.add(order(maker.combine(name, 2 + random.nextInt(2), any(partitioned))));
      } else if (kind < 5 && !partitioned.isEmpty()) {
        addEach(name);
      } else {
        values.add(order(maker.step(name, inputs())));
      }
    }

    private void partitions(int node, int atLeast) {
      leaders.put(node, node);
      fixed.put(node, atLeast);
      partitioned.add(node);
    }

    private void addEach(String name) {
      int leader = any(partitioned);
      List<Edge> edges = new ArrayList<>();
      edges.add(random.nextInt(5) == 0 ? gather(leader) : new Edge.Each(leader));
      for (int other : partitioned) {
        if (leaders.get(other).equals(leaders.get(leader)) && random.nextInt(3) == 0) {
          edges.add(new Edge.Each(other));
        } else if (random.nextInt(4) == 0) {
          edges.add(gather(other));
        }
      }
      edges.addAll(List.of(inputs()));
      int node = maker.each(name, edges.toArray(Edge[]::new));
      leaders.put(node, leaders.get(leader));
      partitioned.add(node);
      order(node);
    }

    private Edge gather(int node) {
      int reach = random.nextInt(4) - 1; // -1 is nothing
      boolean doubled = random.nextInt(4) == 0;
      return new Edge.Gather(
          node,
          (i, n) ->
              IntStream.rangeClosed(i - reach, i + reach)
                  .filter(other -> other >= 0 && other < n)
                  .flatMap(other -> doubled ? IntStream.of(other, other) : IntStream.of(other))
                  .toArray());
    }

    private Edge[] inputs() {
      List<Edge> edges = new ArrayList<>();
      for (int value : values) {
        if (random.nextInt(3) == 0) {
          edges.add(new Edge.Whole(value));
        }
      }
      for (int node : partitioned) {
        if (random.nextInt(4) == 0) {
          edges.add(random.nextBoolean() ? new Edge.All(node) : new Edge.Labelled(node));
        } else if (fixed.containsKey(node) && random.nextInt(4) == 0) {
          edges.add(new Edge.Part(node, random.nextInt(fixed.get(node))));
        }
      }
      edges.add(new Edge.Constant("c", 1));
      return edges.toArray(Edge[]::new);
    }

    /** Lets a node come after some that are there already. */
    private int order(int node) {
      for (int i = 0; i < node; i++) {
        if (random.nextInt(8) == 0 && leaders.getOrDefault(i, i) == i && !elements.containsKey(i)) {
          maker.after(node, i);
        }
      }
      return node;
    }

    private int any(List<Integer> all) {
      return all.get(random.nextInt(all.size()));
    }
  }
}
