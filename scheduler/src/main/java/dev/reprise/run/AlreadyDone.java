package dev.reprise.run;

import dev.reprise.cache.base.Saturating;
import dev.reprise.cache.store.Manifest;
import dev.reprise.executor.Argument;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.Probing.Question;
import dev.reprise.plan.Probing.UnansweredException;
import dev.reprise.plan.Recollections.Recalled;
import dev.reprise.plan.StepKeys;
import dev.reprise.task.Receipt;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Asks users' probes which side effects are done already, when a run or a plan begins. */
final class AlreadyDone {
  private static final String FROM = "its probe, which says that it is done already";

  private AlreadyDone() {}

  /**
   * Receipts of those that are, by node. All are asked at once, some at a time and in the order of
   * the nodes, so that they have two limits together if none answers.
   *
   * @param forced nodes that run whatever is done already, whose probes are not asked
   * @param trouble hears of probes that fail: what they are asked of runs
   */
  static Map<Integer, Recalled> ask(
      TaskGraph graph, StepKeys steps, Set<Integer> forced, Consumer<String> trouble) {
    Map<Integer, Question<Boolean>> questions = new LinkedHashMap<>();
    graph
        .probes()
        .forEach(
            (node, probe) -> {
              if (!forced.contains(node)) {
                String name = graph.node(node).name();
                questions.put(
                    node, steps.probing().begin(probe, name, probe::isDone, Saturating.LONGEST));
              }
            });
    Map<Integer, Recalled> receipts = new HashMap<>();
    for (Map.Entry<Integer, Question<Boolean>> each : questions.entrySet()) {
      int node = each.getKey();
      try {
        if (each.getValue().answer()
            && steps.resolved(node).pass().apply(Receipt.DONE).argument()
                instanceof Argument.Encoded receipt) {
          receipts.put(node, new Recalled(Manifest.one(receipt.partition()), 0, FROM, false));
        }
      } catch (UnansweredException e) {
        trouble.accept(
            "whether '%s' is done already is not known%s: %s"
                .formatted(
                    graph.node(node).name(),
                    steps.probing().isOver() ? "" : ", so it runs",
                    e.getMessage()));
      } catch (Exception | Error e) {
        trouble.accept(
            "whether '%s' is done already is not known, so it runs: its probe failed: %s"
                .formatted(graph.node(node).name(), e));
      }
    }
    return receipts;
  }
}
