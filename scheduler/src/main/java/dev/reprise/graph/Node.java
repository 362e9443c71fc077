package dev.reprise.graph;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.task.CachePolicy.Property;
import dev.reprise.task.TaskSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One node of the graph: a step, or a source or a view that is read and not run.
 *
 * @param id place in {@link TaskGraph#nodes()}; inputs have smaller ids
 * @param name unique in the pipeline
 * @param kind what its partitions are
 * @param task what its units run; null for what is not run
 * @param inputs one per argument of the task; of a view the single node it views
 * @param after ids of nodes that must have succeeded first although nothing of theirs is passed
 * @param files the files of a {@code FILES} node, else null
 * @param fanIn how many partitions one unit of a {@code COMBINE} node takes, else 0
 * @param parts the names of a {@code PARTS} node's partitions, else empty
 * @param policies what was said of a step's cache policy, nearest first; {@code task} has what they
 *     come to. Empty for what is not run
 */
public record Node(
    int id,
    String name,
    Kind kind,
    @Nullable TaskSpec task,
    List<Edge> inputs,
    Set<Integer> after,
    @Nullable FileSet files,
    int fanIn,
    List<String> parts,
    List<PolicyLayer> policies) {
  /** The place of what is declared with a task, or where it is called. */
  public static final String TASK = "task";

  /** What the partitions of a node are and where their number comes from. */
  public enum Kind {
    /** Files named by the user, a partition each; read, not run. */
    FILES,
    /** A step with one unit and one value. */
    SINGLE,
    /** A step with a unit for each partition of its partitioned inputs. */
    EACH,
    /** A step with one unit, whose result is a list; its elements are the {@code ELEMENTS} node. */
    FAN_OUT,
    /** The elements of a {@code FAN_OUT} step, a partition each; a view, not run. */
    ELEMENTS,
    /** The named results of one {@code FAN_OUT} step, a partition each; a view, not run. */
    PARTS,
    /** A tree of units that combine the partitions of one input; the last unit is the root. */
    COMBINE
  }

  public Node {
    inputs = List.copyOf(inputs);
    after = Collections.unmodifiableSet(new TreeSet<>(after));
    parts = List.copyOf(parts);
    policies = List.copyOf(policies);
    checkArgument(
        (task == null) == (kind == Kind.FILES || kind == Kind.ELEMENTS || kind == Kind.PARTS),
        "node '%s' of kind %s has the wrong kind of task",
        name,
        kind);
  }

  /** Whether its units are run, as against read or viewed. */
  public boolean isStep() {
    return task != null;
  }

  /** Whether it takes the result of a step apart. */
  public boolean isView() {
    return kind == Kind.ELEMENTS || kind == Kind.PARTS;
  }

  /** Id of the step whose result a view takes apart. */
  public int viewed() {
    if (isView() && inputs.get(0) instanceof Edge.Whole whole) {
      return whole.node();
    }
    throw new IllegalStateException("node '" + name + "' is not a view");
  }

  /** Whether its function returns tables by another class than {@code ArrowTable}. */
  public boolean givesTablesOfAnEngine() {
    return GivenTypes.isTableOfAnEngine(this);
  }

  /** The task of a step. */
  public TaskSpec step() {
    TaskSpec declared = task;
    if (declared == null) {
      throw new IllegalStateException("node '" + name + "' is not a step");
    }
    return declared;
  }

  /**
   * The same step with more said of its cache policy.
   *
   * @param before what goes before all that was said
   * @param after what is left to it
   */
  public Node withPolicies(List<PolicyLayer> before, List<PolicyLayer> after) {
    List<PolicyLayer> all = new ArrayList<>();
    Stream.of(before, policies, after)
        .flatMap(List::stream)
        .filter(layer -> !layer.says().said().isEmpty())
        .forEach(all::add);
    if (all.equals(policies)) {
      return this;
    }
    TaskSpec merged = step().withCache(PolicyLayer.merged(all));
    return new Node(id, name, kind, merged, inputs, this.after, files, fanIn, parts, all);
  }

  /** Where a property of the cache policy was said; null if it was nowhere, and has its default. */
  public @Nullable String saidBy(Property property) {
    return PolicyLayer.placeOf(policies, property);
  }
}
