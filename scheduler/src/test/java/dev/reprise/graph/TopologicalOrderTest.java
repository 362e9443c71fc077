package dev.reprise.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.testing.SeededTest;
import dev.reprise.cache.testing.Shows;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TopologicalOrderTest {
  @Test
  void order_noNodes_isEmpty() {
    assertThat(new TopologicalOrder(new int[0][]).order()).isEmpty();
  }

  @SeededTest
  void order_anyGraphWithoutCycles_putsEveryInputBeforeItsConsumer(Random random) {
    int n = 1 + random.nextInt(30);
    int[] shuffled = shuffled(n, random);
    int[][] inputs = new int[n][];
    for (int i = 0; i < n; i++) {
      int rank = i;
      inputs[shuffled[i]] =
          IntStream.range(0, i)
              .filter(other -> random.nextInt(rank) < 2)
              .map(other -> shuffled[other])
              .toArray();
    }
    int[] order = new TopologicalOrder(inputs).order();
    assertThat(order).hasSize(n).doesNotHaveDuplicates();
    int[] placeOf = new int[n];
    for (int i = 0; i < n; i++) {
      placeOf[order[i]] = i;
    }
    for (int i = 0; i < n; i++) {
      for (int input : inputs[i]) {
        assertThat(placeOf[input]).isLessThan(placeOf[i]);
      }
    }
  }

  @SeededTest(seeds = 200)
  @Shows("Fault 56")
  void cycle_anyGraphThatHasOne_isAClosedWalkAlongEdgesWithoutRepeats(Random random) {
    int n = 1 + random.nextInt(12);
    int[][] inputs = new int[n][];
    for (int i = 0; i < n; i++) {
      inputs[i] = IntStream.range(0, n).filter(other -> random.nextInt(n) == 0).toArray();
    }
    TopologicalOrder topological = new TopologicalOrder(inputs);
    boolean cyclic = IntStream.range(0, n).anyMatch(i -> reaches(inputs, i, i, n));
    assertThat(topological.order().length < n).isEqualTo(cyclic);
    if (cyclic) {
      List<Integer> cycle = topological.cycle();
      assertThat(cycle.get(0)).isEqualTo(cycle.get(cycle.size() - 1));
      assertThat(cycle.subList(1, cycle.size())).doesNotHaveDuplicates();
      for (int i = 1; i < cycle.size(); i++) {
        int consumer = cycle.get(i);
        assertThat(inputs[consumer]).contains(cycle.get(i - 1));
      }
    }
  }

  @Test
  void cycle_nodesBehindIt_areNotPartOfIt() {
    int[][] inputs = {{}, {0, 2}, {1}, {2}};
    assertThat(new TopologicalOrder(inputs).cycle()).containsExactly(1, 2, 1);
  }

  /** Whether {@code to} is an input of {@code from}, or an input of an input, within some hops. */
  private static boolean reaches(int[][] inputs, int from, int to, int hops) {
    boolean[] reached = new boolean[inputs.length];
    reached[from] = true;
    boolean found = false;
    for (int hop = 0; hop < hops; hop++) {
      boolean[] next = new boolean[inputs.length];
      for (int i = 0; i < inputs.length; i++) {
        if (reached[i]) {
          Arrays.stream(inputs[i]).forEach(input -> next[input] = true);
        }
      }
      found |= next[to];
      for (int i = 0; i < inputs.length; i++) {
        reached[i] |= next[i];
      }
    }
    return found;
  }

  private static int[] shuffled(int n, Random random) {
    List<Integer> all = new java.util.ArrayList<>(IntStream.range(0, n).boxed().toList());
    java.util.Collections.shuffle(all, random);
    return all.stream().mapToInt(Integer::intValue).toArray();
  }
}
