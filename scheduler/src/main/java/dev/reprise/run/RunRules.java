package dev.reprise.run;

import dev.reprise.graph.Node;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.Planner;
import dev.reprise.plan.Reason;
import dev.reprise.plan.Reason.Code;
import dev.reprise.task.Memo;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a run's options ask of its steps.
 *
 * @param mode of the cache
 * @param forced ids of the nodes that run although their results may be there; none of what is left
 *     out, which is taken if it is there or done, named or not
 * @param selected ids of the nodes that alone may run; empty if all may
 * @param unselected ids of the steps that may not
 * @param memos of the steps of which equal calls are one execution, by node
 * @param failures whether units fail at once whose failures are kept: not where a run is tried
 *     again
 * @param partitions of sources that alone are read
 */
record RunRules(
    CacheMode mode,
    Set<Integer> forced,
    Set<Integer> selected,
    Set<Integer> unselected,
    Map<Integer, Memo> memos,
    boolean failures,
    PartitionChoice partitions) {
  /**
   * Resolves the steps that the options name.
   *
   * @throws RunTargets.UnknownStepException if there is no step of a name
   * @throws PartitionChoice.UnknownPartitionException if there is no partition of a name
   */
  static RunRules of(TaskGraph graph, RunOptions options) {
    Set<Integer> forced = new HashSet<>();
    options.rerun().forEach(step -> forced.add(RunTargets.step(graph, step).id()));
    options
        .rerunFrom()
        .forEach(step -> forced.addAll(downstream(graph, RunTargets.step(graph, step).id())));
    Set<Integer> selected = new TreeSet<>();
    Set<Integer> left = new TreeSet<>();
    graph.nodes().forEach(node -> left.add(node.id()));
    if (!options.only().isEmpty()) {
      Set<Integer> only = ids(graph, options.only());
      selected.addAll(only);
      left.retainAll(only);
    }
    if (!options.upTo().isEmpty()) {
      Set<Integer> last = ids(graph, options.upTo());
      selected.addAll(last);
      left.retainAll(upstream(graph, last));
    }
    Resume resume = options.resume();
    if (resume != null) {
      Set<Integer> again = ids(graph, resume.again());
      forced.addAll(again);
      if (resume.fromThem()) {
        selected.addAll(again);
        Set<Integer> following = new TreeSet<>();
        again.forEach(step -> following.addAll(downstream(graph, step)));
        left.retainAll(following);
      }
    }
    Set<Integer> unselected = new HashSet<>();
    graph.nodes().stream()
        .filter(node -> node.isStep() && !left.contains(node.id()))
        .forEach(node -> unselected.add(node.id()));
    forced.removeAll(unselected);
    boolean triesAgain = resume != null && resume.link() == Resume.Link.RESUMES;
    return new RunRules(
        options.cache(),
        forced,
        selected,
        unselected,
        memos(graph, options),
        !triesAgain,
        PartitionChoice.of(graph, options.partitions()));
  }

  private static Map<Integer, Memo> memos(TaskGraph graph, RunOptions options) {
    Map<Integer, Memo> memos = new HashMap<>();
    Boolean asked = options.memo();
    boolean otherwise = asked == null ? graph.memo() : asked;
    for (Node node : graph.nodes()) {
      Memo own = node.isStep() ? node.step().memo() : Memo.OFF;
      Memo memo = own != null ? own : otherwise ? Memo.ON : Memo.OFF;
      if (memo.enabled() && !Boolean.FALSE.equals(asked)) {
        memos.put(node.id(), memo);
      }
    }
    return memos;
  }

  private static Set<Integer> ids(TaskGraph graph, Set<String> steps) {
    Set<Integer> ids = new TreeSet<>();
    steps.forEach(step -> ids.add(RunTargets.step(graph, step).id()));
    return ids;
  }

  private static Set<Integer> upstream(TaskGraph graph, Set<Integer> from) {
    Set<Integer> reached = new TreeSet<>(from);
    for (int id = graph.nodes().size() - 1; id >= 0; id--) {
      if (reached.contains(id)) {
        for (int input : graph.inputs(id)) {
          reached.add(input);
        }
      }
    }
    return reached;
  }

  private static Set<Integer> downstream(TaskGraph graph, int from) {
    Set<Integer> reached = new TreeSet<>(Set.of(from));
    for (Node node : graph.nodes()) {
      if (reached.contains(node.id())) {
        for (int consumer : graph.consumers(node.id())) {
          reached.add(consumer);
        }
      }
    }
    return reached;
  }

  /**
   * The same for the planner.
   *
   * @param indexed whether there is an index
   */
  Planner.Rules forPlanner(boolean indexed) {
    Reason unread =
        switch (mode) {
          case REFRESH -> Reason.of(Code.FORCED);
          case OFF, WRITE -> new Reason(Code.DISABLED, "--cache=" + mode.word());
          case ON, READ, REQUIRE -> Reason.of(Code.INDEX_UNAVAILABLE);
        };
    return new Planner.Rules(
        mode.reads() && indexed, unread, forced, unselected, memos, selected, failures);
  }
}
