package dev.reprise.home;

import dev.reprise.cache.claim.Claims;
import dev.reprise.graph.Publication;
import dev.reprise.graph.TaskGraph;
import dev.reprise.run.Mailbox;
import dev.reprise.run.RunEnvironment;
import dev.reprise.run.RunListener;
import dev.reprise.run.RunListener.RunHeader;
import dev.reprise.run.RunLoop;
import java.util.ArrayList;
import java.util.List;

/** One run or plan in a home: its loop, and what to let go of when it is over. */
public final class Session implements AutoCloseable {
  private final RunLoop loop;
  private final FunctionResolver resolver;

  private Session(RunLoop loop, FunctionResolver resolver) {
    this.loop = loop;
    this.resolver = resolver;
  }

  /**
   * Prepares a run; nothing happens before the loop is told to plan or run. Keys and arguments are
   * made from the code and the user's values as they are now.
   *
   * @param declared the graph of the pipeline, of which the run may say more
   * @param publications results that are put at paths of the user's
   * @throws dev.reprise.graph.PipelineException if there is no key to be had of a step as declared
   * @throws IllegalStateException if the home is to be closed
   */
  public static Session of(
      Home home,
      TaskGraph declared,
      List<Publication> publications,
      RunHeader header,
      Claims claims,
      List<RunListener> listeners) {
    TaskGraph graph = header.options().policy().over(declared);
    FunctionResolver resolver = home.resolver();
    List<String> early = new ArrayList<>();
    try {
      RunEnvironment environment =
          home.environment(
              graph, publications, header, resolver, claims, Mailbox.blocking(), early::add);
      RunLoop loop =
          home.preparing()
              .whileAsking(
                  environment.steps().probing(),
                  () -> new RunLoop(graph, header, environment, listeners));
      early.forEach(text -> loop.warn("RESUME", text));
      home.warnings().forEach(warning -> loop.warn("HOME", warning));
      String nothing = home.keepsNothingBecause();
      if (nothing != null) {
        loop.keepsNothing(nothing);
      }
      return new Session(loop, resolver);
    } catch (RuntimeException | Error e) {
      resolver.close();
      throw e;
    }
  }

  /** The loop. */
  public RunLoop loop() {
    return loop;
  }

  /**
   * Lets go of the code that was read, so that keys can no longer be composed, and of what commits;
   * also of a loop that was told nothing.
   */
  @Override
  public void close() {
    try {
      loop.close();
    } finally {
      resolver.close();
    }
  }
}
