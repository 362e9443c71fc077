package dev.reprise.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Puts nodes in an order in which every edge leads forward, nodes without an edge between them in
 * the order given (Kahn, "Topological sorting of large networks", CACM 5(11), 1962). Uses no
 * recursion, so that depth has no limit.
 */
final class TopologicalOrder {
  private final int[][] inputs;

  /** Takes the places of each node's inputs. */
  TopologicalOrder(int[][] inputs) {
    this.inputs = inputs;
  }

  /** Returns the places in order; fewer than given if there is a cycle. */
  int[] order() {
    int n = inputs.length;
    int[] waiting = new int[n];
    List<List<Integer>> consumers = new ArrayList<>(n);
    for (int i = 0; i < n; i++) {
      consumers.add(new ArrayList<>());
    }
    PriorityQueue<Integer> free = new PriorityQueue<>();
    for (int i = 0; i < n; i++) {
      waiting[i] = inputs[i].length;
      for (int input : inputs[i]) {
        consumers.get(input).add(i);
      }
      if (waiting[i] == 0) {
        free.add(i);
      }
    }
    int[] order = new int[n];
    int size = 0;
    for (Integer next = free.poll(); next != null; next = free.poll()) {
      order[size++] = next;
      for (int consumer : consumers.get(next)) {
        if (--waiting[consumer] == 0) {
          free.add(consumer);
        }
      }
    }
    return Arrays.copyOf(order, size);
  }

  /**
   * Returns a cycle as places, the first repeated at the end, along the edges; call it only if
   * there is one.
   */
  List<Integer> cycle() {
    boolean[] ordered = new boolean[inputs.length];
    for (int i : order()) {
      ordered[i] = true;
    }
    int start = 0;
    while (ordered[start]) {
      start++;
    }
    // Every node that could not be ordered has an input that could not either, so walking from
    // input
    // to input must come back to a node seen before: the walk from there on is a cycle.
    Deque<Integer> walk = new ArrayDeque<>();
    boolean[] seen = new boolean[inputs.length];
    int at = start;
    while (!seen[at]) {
      seen[at] = true;
      walk.addLast(at);
      for (int input : inputs[at]) {
        if (!ordered[input]) {
          at = input;
          break;
        }
      }
    }
    while (walk.getFirst() != at) {
      walk.removeFirst();
    }
    List<Integer> ring = new ArrayList<>(walk);
    Collections.reverse(ring); // the walk went against the edges
    Collections.rotate(ring, -ring.indexOf(Collections.min(ring)));
    List<Integer> closed = new ArrayList<>(ring);
    closed.add(ring.get(0));
    return closed;
  }
}
