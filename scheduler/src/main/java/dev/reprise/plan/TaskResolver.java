package dev.reprise.plan;

import dev.reprise.cache.code.CodeFingerprint;
import dev.reprise.cache.code.CodeUnavailableException;
import dev.reprise.cache.fingerprint.MetClasses;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.executor.ResolvedTask.Passed;
import dev.reprise.executor.TaskCode;
import dev.reprise.task.TaskSpec;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Finds the method behind a user's function, what it captured, and the identity of its code. */
public interface TaskResolver {
  /**
   * Resolves the function of {@code spec}.
   *
   * @param shape of the result
   * @throws dev.reprise.graph.PipelineException if there is no method to be found behind it
   */
  Resolved resolve(String step, TaskSpec spec, Shape shape);

  /**
   * The identity of a step's code; costs more than {@link #resolve}.
   *
   * @param met classes in what the user gave to the step, as arguments and captured: their methods
   *     may run in it
   */
  CodeFingerprint identify(Resolved resolved, TaskSpec spec, MetClasses met)
      throws CodeUnavailableException;

  /**
   * What is behind a function.
   *
   * @param code to call
   * @param name of the task in its keys
   * @param signature of the method, in the key
   * @param parameters names of the parameters as far as the class file has them, else empty
   *     strings; as many as the task has arguments
   * @param captured values, the receiver first if there is one
   * @param liveBecause which of them cannot leave the driver and what to do about it; null if all
   *     can
   * @param pass says how a value that the user gives as an argument goes to a worker
   */
  record Resolved(
      TaskCode code,
      String name,
      String signature,
      List<String> parameters,
      List<Captured> captured,
      @Nullable String liveBecause,
      Function<@Nullable Object, Passed> pass) {
    public Resolved {
      parameters = List.copyOf(parameters);
      captured = List.copyOf(captured);
    }
  }

  /** A value that a function captured. */
  record Captured(String name, @Nullable Object value) {}
}
