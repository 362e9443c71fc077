package dev.reprise.run;

import dev.reprise.executor.ErrorInfo;
import dev.reprise.graph.Publication;
import dev.reprise.plan.Outcome;
import dev.reprise.plan.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Told what happens in a run, on the run's one thread and in order. A listener must be quick and
 * must not throw; one that throws is dropped and named in a warning. What it reads from the view is
 * as it is during the call.
 */
public interface RunListener {
  /**
   * Before a run or a plan begins, and so before {@link #started}: probes of the user's are asked
   * and have not answered for a second; told again while they do not, each time after twice as
   * long. Called on the thread that submits.
   *
   * @param probes names of the sources and steps that they are asked about
   * @param soFar since the one that is waited for was asked
   */
  default void preparing(RunHeader header, List<String> probes, Duration soFar) {}

  /** The run begins; nothing is known of its units yet. */
  default void started(RunHeader header, RunView view) {}

  /** All keys that can be known before anything runs are looked up. */
  default void planned(RunView view, PlanSummary summary) {}

  /**
   * Units wait for an executor that takes long to start, as a cluster may; told again while it
   * does, each time after twice as long.
   *
   * @param soFar since its start began
   */
  default void executorStarting(String executor, Duration soFar) {}

  /** An attempt at a unit begins in user code. */
  default void unitStarted(RunView view, int unit, int attempt) {}

  /** A unit that was not CACHED ended; CACHED ones are told by {@link #stepFinished} alone. */
  default void unitFinished(RunView view, UnitReport report) {}

  /** An attempt failed and the unit will be tried again. */
  default void unitRetried(RunView view, UnitReport report, Duration wait) {}

  /** All units of a step ended. */
  default void stepFinished(RunView view, StepReport report) {}

  /** Something that the user should know, such as a cache that cannot be used. */
  default void warning(String code, String message) {}

  /** What was executed a second time is compared, as the run's options ask for. */
  default void audited(AuditReport report) {}

  /** A result was put at a path of the user's, is there already, or could not be put there. */
  default void published(PublishReport report) {}

  /** The run ended; the last call. */
  default void finished(RunView view, RunSummary summary) {}

  /**
   * What is known when a run begins.
   *
   * @param run id of the run
   * @param parameters of the pipeline, all of them, as text
   * @param start wall clock
   * @param scope whose results it sees; empty if its journal does not tell
   * @param store folder of its results; empty for the one in the home
   */
  record RunHeader(
      String run,
      String pipeline,
      Map<String, String> parameters,
      RunOptions options,
      String user,
      String host,
      long pid,
      Instant start,
      String scope,
      String store) {}

  /**
   * What planning found.
   *
   * @param cached units whose results are there
   * @param toRun units that must run, with a key or without
   * @param unknown units behind those, whose keys are not known yet
   * @param unknownSteps steps whose number of units is not known yet
   * @param savedNanos executor time that the cached units took when they ran
   * @param planNanos what planning took
   */
  record PlanSummary(
      int cached, int toRun, int unknown, int unknownSteps, long savedNanos, long planNanos) {
    /** All units known so far. */
    public int units() {
      return cached + toRun + unknown;
    }
  }

  /**
   * How a unit ended, or an attempt at it that will be repeated.
   *
   * @param unit its number in the view
   * @param reason why it was not reused; null if it was
   * @param attempts how many attempts began
   * @param durationNanos of the last attempt, in user code
   * @param output what user code printed, of the last attempt
   * @param error of a failure; null if there was none
   * @param message what a person should read about the end; empty if there is nothing to say
   * @param stepChanged how what the keys of the step's units have in common differs from the
   *     nearest earlier key; empty if nothing is known; one list object for all units of which it
   *     says the same, since it may be long
   * @param argumentsChanged how the unit's arguments differ from those of that key
   * @param keeping whether the result is in the cache from now on
   */
  record UnitReport(
      int unit,
      Outcome outcome,
      @Nullable Reason reason,
      int attempts,
      long durationNanos,
      byte[] output,
      @Nullable ErrorInfo error,
      String message,
      List<Change> stepChanged,
      List<Change> argumentsChanged,
      Keeping keeping) {}

  /**
   * Whether a unit's result is in the cache when the unit has ended.
   *
   * @param because why it is not kept, for people; empty unless it is {@code NOT_KEPT}
   */
  record Keeping(State state, String because) {
    /** Whether there is a result, and whether it is kept. */
    public enum State {
      /** The index has it. */
      KEPT,
      /** There is one, and the index does not have it. */
      NOT_KEPT,
      /** There is none. */
      NO_RESULT
    }

    /** It is kept. */
    public static final Keeping KEPT = new Keeping(State.KEPT, "");

    /** There is nothing that could be kept. */
    public static final Keeping NO_RESULT = new Keeping(State.NO_RESULT, "");

    /** It is not kept. */
    public static Keeping not(String because) {
      return new Keeping(State.NOT_KEPT, because);
    }
  }

  /**
   * How one part of a key differs from an earlier key's.
   *
   * @param part such as {@code argument late-minutes} or {@code code com.acme.Delays#late(int)}
   * @param before value or brief digest; empty if there was none
   * @param now likewise
   */
  record Change(String part, String before, String now) {}

  /**
   * How the units of a step ended.
   *
   * @param node id of the step
   * @param outcomes how many units had each outcome, those with none left out
   * @param savedNanos executor time that its cached units took when they ran
   */
  record StepReport(int node, int units, Map<Outcome, Integer> outcomes, long savedNanos) {}

  /**
   * What came of executing units a second time, to compare their results. Differences were told one
   * by one, as warnings of code {@code AUDIT}.
   *
   * @param seed that chose among the units that were reused
   * @param reused how many units were
   * @param reusedAgain how many of these were chosen
   * @param executedAgain how many units that the run had executed were chosen
   * @param equal how many of the chosen ones made what they had made before
   * @param differing how many made something else
   * @param notCompared how many could not be executed or compared, each told as a warning of code
   *     {@code NOT_AUDITED} unless the run was stopped
   */
  record AuditReport(
      Audit asked,
      String seed,
      int reused,
      int reusedAgain,
      int executedAgain,
      int equal,
      int differing,
      int notCompared) {
    /** The same for people, a line. */
    public String text() {
      List<String> what = new ArrayList<>();
      if (asked.share() > 0) {
        what.add(
            "%d of %d that were reused (%s, seed %s)"
                .formatted(reusedAgain, reused, asked.shown(), seed));
      }
      if (asked.twice()) {
        what.add("%d that had run".formatted(executedAgain));
      }
      return "%s ran again: %d equal, %d differ, %d not compared"
          .formatted(String.join(" and ", what), equal, differing, notCompared);
    }
  }

  /**
   * What a run would publish.
   *
   * @param now what is there; if the result is not known yet, {@code FOREIGN}, {@code BLOCKED} and
   *     {@code MIXED} alone have a meaning
   * @param known whether the result is
   * @param caveat why the run will not publish it, or when alone it will, for people; empty if
   *     nothing is in the way
   */
  record PublishPlan(Publication publication, Publisher.State now, boolean known, String caveat) {
    /** The same for people, a line. */
    public String text() {
      String what = "%s at %s".formatted(publication.result(), publication.to());
      if (!caveat.isEmpty()) {
        return what + ", " + caveat;
      } else if (!known && now == Publisher.State.FOREIGN) {
        return what + ", when it is made; a file there " + now.words();
      } else if (!known && (now == Publisher.State.BLOCKED || now == Publisher.State.MIXED)) {
        return what + ", when it is made; what is there " + now.words();
      } else if (!known) {
        return what + ", when it is made";
      }
      return now == Publisher.State.THERE
          ? what + ", which is there: nothing to do"
          : what + ", which " + now.words();
    }
  }

  /**
   * A result at a path of the user's.
   *
   * @param before what was there; {@code THERE} if nothing was to be done
   * @param failure why it could not be put there; empty if it is there now
   */
  record PublishReport(Publication publication, Publisher.State before, String failure) {
    /** The same for people, a line. */
    public String text() {
      String what = "%s at %s".formatted(publication.result(), publication.to());
      if (!failure.isEmpty()) {
        return what + " failed: " + failure;
      }
      return before == Publisher.State.THERE
          ? what + ", which is there"
          : what + ", which " + before.words();
    }
  }

  /**
   * How a run ended.
   *
   * @param exitCode of the process, as in the table of exit codes
   * @param outcomes how many units had each outcome, zeros included
   * @param message what a person should read about the end; empty if there is nothing to say
   */
  record RunSummary(
      RunState state,
      int exitCode,
      int units,
      Map<Outcome, Integer> outcomes,
      long savedNanos,
      long wallNanos,
      String message) {}
}
