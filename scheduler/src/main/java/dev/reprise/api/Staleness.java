package dev.reprise.api;

import dev.reprise.graph.Edge;
import dev.reprise.graph.Node;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.Outcome;
import dev.reprise.plan.Reason;
import dev.reprise.plan.Reason.Code;
import dev.reprise.run.RunView;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What a plan says of a step as a thing that is kept: whether its results are what its code and its
 * inputs give now, and if not, since what has changed.
 *
 * @param step its name
 * @param mark what counts most of its units
 * @param causes of all its units that are stale, in the order of the enum; empty unless it is stale
 *     or not known
 * @param because the reasons behind the mark, such as {@code CODE_CHANGED(Delays#clean)}, or {@code
 *     behind clean}; each once, ten at the most, may be empty
 */
public record Staleness(String step, Mark mark, Set<Cause> causes, List<String> because) {
  private static final int MOST_REASONS = 10;

  /** What is said of a step; what counts more comes first. */
  public enum Mark {
    /** Its results were made by other code or of other inputs, or are too old. */
    STALE,
    /** There is no result: none was made, or it is gone. */
    MISSING,
    /**
     * It takes what is missing, so it is known when that was made; or a source outside of which the
     * probe did not say what it holds now; or no index can be read.
     */
    UNKNOWN,
    /** Nothing of it is kept, so it has none; or it comes after such a step, and nobody looked. */
    UNTRACKED,
    /** Its results are what it would make now. */
    FRESH
  }

  /** Why a step is stale. */
  public enum Cause {
    /** Its code, its version, a resource or the engine is another. */
    CODE,
    /** A parameter, a constant or a source is another. */
    DATA,
    /** A step that it takes from gives something else, or may, since it is stale. */
    DEPENDENCY,
    /** Its results are older than it takes. */
    AGE
  }

  public Staleness {
    causes = causes.isEmpty() ? Set.of() : EnumSet.copyOf(causes);
    because = List.copyOf(because);
  }

  /** What is said of all steps, in topological order. */
  public static List<Staleness> of(Driver.Plan plan) {
    List<Staleness> all = new ArrayList<>();
    Mark[] marks = new Mark[plan.view().graph().nodes().size()];
    BitSet leftOut = new BitSet();
    for (Node node : plan.view().graph().nodes()) {
      leftOut.set(node.id(), isLeftOut(plan.view(), node, leftOut));
      if (leftOut.get(node.id()) && node.isStep()) {
        marks[node.id()] = Mark.FRESH;
        all.add(new Staleness(node.name(), Mark.FRESH, Set.of(), List.of()));
      } else if (node.isStep()) {
        Staleness found = new Seen(plan.view(), node, marks).staleness();
        marks[node.id()] = found.mark;
        all.add(found);
      } else if (node.isView()) {
        marks[node.id()] = marks[node.viewed()];
      } else {
        marks[node.id()] = Mark.FRESH;
      }
    }
    return all;
  }

  /** Whether all of a node takes partitions that the plan leaves out: of that nothing is said. */
  private static boolean isLeftOut(RunView view, Node node, BitSet before) {
    int units = view.unitCount(node.id());
    if (units < 0) {
      return IntStream.of(view.graph().inputs(node.id())).anyMatch(before::get);
    }
    int first = view.firstUnit(node.id());
    return units > 0
        && IntStream.range(first, first + units)
            .mapToObj(view::reason)
            .allMatch(reason -> reason != null && reason.isLeftOut());
  }

  /**
   * Names of the steps that must run so that nothing is stale or missing: those, what is not known,
   * and the steps of which nothing is kept that they take from. Side effects and others of which
   * nothing is kept are not among them for themselves. Empty if all is fresh.
   */
  public static Set<String> toRun(Driver.Plan plan) {
    TaskGraph graph = plan.view().graph();
    Set<String> names = new LinkedHashSet<>();
    Set<String> untracked = new HashSet<>();
    for (Staleness each : of(plan)) {
      if (each.mark == Mark.UNTRACKED) {
        untracked.add(each.step);
      } else if (each.mark != Mark.FRESH) {
        names.add(each.step);
      }
    }
    for (int id = graph.nodes().size() - 1; id >= 0; id--) {
      Node node = graph.node(id);
      if (node.isStep() && names.contains(node.name())) {
        for (int input : graph.inputs(id)) {
          Node source = graph.node(input);
          Node maker = source.isView() ? graph.node(source.viewed()) : source;
          if (untracked.contains(maker.name())) {
            names.add(maker.name());
          }
        }
      }
    }
    return names;
  }

  /** One step of a plan while its units are looked at. */
  private static final class Seen {
    private final RunView view;
    private final Node node;
    private final Mark[] marks;
    private final Set<Cause> causes = EnumSet.noneOf(Cause.class);
    private final Set<String> because = new LinkedHashSet<>();
    private Mark mark = Mark.FRESH;

    /**
     * @param marks of the nodes before, by id
     */
    Seen(RunView view, Node node, Mark[] marks) {
      this.view = view;
      this.node = node;
      this.marks = marks;
    }

    Staleness staleness() {
      if (!node.step().cache().enabled()) {
        return new Staleness(node.name(), Mark.UNTRACKED, Set.of(), List.of("nothing is kept"));
      }
      int units = view.unitCount(node.id());
      if (units < 0) {
        behind();
      }
      for (int i = 0; i < units; i++) {
        int unit = view.firstUnit(node.id()) + i;
        Outcome outcome = view.outcome(unit);
        Reason reason = view.reason(unit);
        if (reason != null) {
          if (reason.code() == Code.FAILURE_KEPT) { // what is kept of results decides the mark
            look(view.unmade(unit).orElse(Reason.of(Code.NO_ENTRY)));
          }
          look(reason);
        } else if (outcome == null) {
          behind();
        }
      }
      return new Staleness(
          node.name(),
          mark,
          mark == Mark.STALE || mark == Mark.UNKNOWN ? causes : Set.of(),
          List.copyOf(because));
    }

    private void say(Mark is, String why) {
      if (is.compareTo(mark) < 0) {
        mark = is;
      }
      if (because.size() < MOST_REASONS) {
        because.add(why);
      }
    }

    private void stale(Cause cause, String why) {
      causes.add(cause);
      say(Mark.STALE, why);
    }

    private void look(Reason reason) {
      String why = reason.toString();
      switch (reason.code()) {
        case CODE_CHANGED, VERSION_CHANGED, ENGINE_CHANGED, RESOURCE_CHANGED ->
            stale(Cause.CODE, why);
        case ARG_CHANGED -> stale(Cause.DATA, why);
        case UPSTREAM_CHANGED ->
            stale(isOfAStep(reason.detail()) ? Cause.DEPENDENCY : Cause.DATA, why);
        case EXPIRED -> stale(Cause.AGE, why);
        case NO_ENTRY, BLOB_MISSING, BLOB_CORRUPT, ENTRY_CORRUPT -> say(Mark.MISSING, why);
        case FAILURE_KEPT -> say(Mark.FRESH, why); // the mark is that of its result
        case UPSTREAM_FAILED -> { // in a plan: by a failure that is kept
          causes.add(Cause.DEPENDENCY);
          say(Mark.UNKNOWN, why);
        }
        case NOT_SELECTED -> {
          if (!reason.isLeftOut()) { // of what is left out nothing is said
            say(Mark.MISSING, why);
          }
        }
        case INDEX_UNAVAILABLE -> say(Mark.UNKNOWN, why);
        case KEY_UNAVAILABLE -> say(reason.isSourceNotKnown() ? Mark.UNKNOWN : Mark.UNTRACKED, why);
        default -> say(reason.code() == Code.NOT_NEEDED ? Mark.FRESH : Mark.UNTRACKED, why);
      }
    }

    /** Whether a reason names a step; else it is a source. */
    private boolean isOfAStep(String detail) {
      int more = detail.indexOf(" and ");
      String name = more < 0 ? detail : detail.substring(0, more);
      return view.graph().find(name).map(Node::isStep).orElse(false);
    }

    private boolean takesFrom(int input) {
      return node.inputs().stream()
          .anyMatch(edge -> edge instanceof Edge.FromNode from && from.node() == input);
    }

    /** The units wait for steps that must run. */
    private void behind() {
      for (int input : view.graph().inputs(node.id())) {
        Mark before = marks[input];
        if (before == Mark.FRESH) {
          continue;
        }
        Node source = view.graph().node(input);
        String name = source.isView() ? view.graph().node(source.viewed()).name() : source.name();
        if (before == Mark.UNTRACKED && !takesFrom(input)) {
          say(Mark.UNTRACKED, "after " + name); // which runs each time, and changes nothing here
        } else if (before == Mark.STALE) {
          stale(Cause.DEPENDENCY, "behind " + name);
        } else {
          causes.add(Cause.DEPENDENCY);
          say(Mark.UNKNOWN, "behind " + name);
        }
      }
    }
  }
}
