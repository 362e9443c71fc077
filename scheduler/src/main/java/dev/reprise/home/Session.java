package dev.reprise.home;

import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.claim.Claims;
import dev.reprise.graph.Node;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.Outcome;
import dev.reprise.run.Mailbox;
import dev.reprise.run.RunEnvironment;
import dev.reprise.run.RunListener;
import dev.reprise.run.RunListener.RunHeader;
import dev.reprise.run.RunListener.RunSummary;
import dev.reprise.run.RunLoop;
import dev.reprise.run.RunState;
import dev.reprise.run.RunView;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** One run or plan in a home: its loop, and what to let go of when it is over. */
public final class Session implements AutoCloseable {
  /** In the table of exit codes. */
  private static final int INTERNAL_ERROR = 70;

  private final RunLoop loop;
  private final FunctionResolver resolver;
  private final List<RunListener> listeners;

  private Session(RunLoop loop, FunctionResolver resolver, List<RunListener> listeners) {
    this.loop = loop;
    this.resolver = resolver;
    this.listeners = List.copyOf(listeners);
  }

  /**
   * Prepares a run; nothing happens before the loop is told to plan or run. Keys and arguments are
   * made from the code and the user's values as they are now.
   *
   * @throws dev.reprise.graph.PipelineException if there is no key to be had of a step as declared
   */
  public static Session of(
      Home home, TaskGraph graph, RunHeader header, Claims claims, List<RunListener> listeners) {
    FunctionResolver resolver = home.resolver();
    try {
      RunEnvironment environment =
          home.environment(graph, header, resolver, claims, Mailbox.blocking());
      environment.steps().compose();
      RunLoop loop = new RunLoop(graph, header, environment, listeners);
      home.warnings().forEach(warning -> loop.warn("HOME", warning));
      return new Session(loop, resolver, listeners);
    } catch (RuntimeException | Error e) {
      resolver.close();
      throw e;
    }
  }

  /**
   * Runs to the end. If the run breaks, its listeners hear of its end all the same.
   *
   * @throws InterruptedException if the thread is interrupted; what runs is let go of
   */
  public RunSummary run() throws InterruptedException {
    long begun = Ticker.system().nanos();
    try {
      return loop.run();
    } catch (InterruptedException | RuntimeException | Error e) {
      RunSummary broken = broken(loop.view(), e, Ticker.system().nanos() - begun);
      for (RunListener listener : listeners) {
        try {
          listener.finished(loop.view(), broken);
        } catch (RuntimeException another) {
          e.addSuppressed(another);
        }
      }
      throw e;
    }
  }

  private static RunSummary broken(RunView view, Throwable why, long nanos) {
    Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    for (Outcome outcome : Outcome.values()) {
      outcomes.put(outcome, 0);
    }
    int total = 0;
    for (Node node : view.graph().nodes()) {
      int units = node.isStep() ? Math.max(0, view.unitCount(node.id())) : 0;
      for (int i = 0; i < units; i++) {
        Outcome outcome = view.outcome(view.firstUnit(node.id()) + i);
        if (outcome != null) {
          outcomes.merge(outcome, 1, Integer::sum);
        }
      }
      total += units;
    }
    return new RunSummary(
        RunState.FAILED, INTERNAL_ERROR, total, outcomes, 0, nanos, "internal error: " + why);
  }

  /** The loop. */
  public RunLoop loop() {
    return loop;
  }

  /** Lets go of the code that was read. Keys can no longer be composed. */
  @Override
  public void close() {
    resolver.close();
  }
}
