package dev.reprise.graph;

import org.jspecify.annotations.Nullable;

/** Where an argument of a step comes from. */
public sealed interface Edge {
  /** Whether each unit of a step takes partitions of its own by this edge. */
  default boolean isOfPartitions() {
    return this instanceof Each || this instanceof Gather || this instanceof Tree;
  }

  /**
   * A value that the user gave.
   *
   * @param name for people: of the parameter, or empty
   */
  record Constant(String name, @Nullable Object value) implements Edge {}

  /** An edge from another node. */
  sealed interface FromNode extends Edge {
    /** Id of the node. */
    int node();

    /** Returns the same edge from another node. */
    FromNode at(int other);
  }

  /** The value of an unpartitioned node, or of the root of a combine. */
  record Whole(int node) implements FromNode {
    @Override
    public Whole at(int other) {
      return new Whole(other);
    }
  }

  /** One partition of a node, by its place. */
  record Part(int node, int index) implements FromNode {
    @Override
    public Part at(int other) {
      return new Part(other, index);
    }
  }

  /** All partitions as a list. A barrier: one edge, whatever the number of partitions. */
  record All(int node) implements FromNode {
    @Override
    public All at(int other) {
      return new All(other);
    }
  }

  /** All partitions as a map from label to value. A barrier too. */
  record Labelled(int node) implements FromNode {
    @Override
    public Labelled at(int other) {
      return new Labelled(other);
    }
  }

  /** The partition at the same place as the unit's own. */
  record Each(int node) implements FromNode {
    @Override
    public Each at(int other) {
      return new Each(other);
    }
  }

  /** A list of some partitions, chosen by the unit's place. */
  record Gather(int node, Mapping mapping) implements FromNode {
    @Override
    public Gather at(int other) {
      return new Gather(other, mapping);
    }
  }

  /** The partitions that a unit of a combine puts together, as a list. */
  record Tree(int node) implements FromNode {
    @Override
    public Tree at(int other) {
      return new Tree(other);
    }
  }

  /** Chooses partitions of an input by the place of a unit. Must be pure. */
  @FunctionalInterface
  interface Mapping {
    /**
     * Returns the places of the partitions that unit {@code index} takes, in the order in which it
     * gets them.
     *
     * @param count number of the input's partitions; every place must be below it
     */
    int[] partitionsOf(int index, int count);
  }
}
